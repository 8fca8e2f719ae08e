// Scene files, with small images beside them, read for a fit and for a rendering.
#include "fuzz/fuzz_target.hpp"
#include "io/task.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaxel;
  static const fuzz::SceneFolder folder;
  const std::string path = folder.write("scene.toml", fuzz::text_of(data, size));
  fuzz::accepts([&] { io::load_task(path, true); });
  fuzz::accepts([&] {
    const io::Task task = io::load_task(path, false);
    components_in_bands(task.scene, io::frames_of(task), path);
  });
  return 0;
}
