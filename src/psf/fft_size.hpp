// Lengths for which the FFT is fast.
#pragma once

namespace gaxel {

/// The smallest 2^a 3^b 5^c 7^d that is at least `n` (n <= 1 gives 1). Exact for n up to 2^30.
int fast_fft_size(int n);

/// The smallest even 2^a 3^b 5^c 7^d that is at least `n`: for the axis along which a real transform is
/// halved.
int fast_even_fft_size(int n);

}  // namespace gaxel
