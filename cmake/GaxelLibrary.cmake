# Options that all of gaxel's own targets share.
add_library(gaxel_options INTERFACE)
target_compile_options(gaxel_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
if(GAXEL_WARNINGS_AS_ERRORS)
  target_compile_options(gaxel_options INTERFACE -Werror)
endif()
if(GAXEL_SANITIZE)
  # GCC 12 takes members of empty optionals for read before they are written once sanitizers are in the code.
  target_compile_options(gaxel_options INTERFACE -fsanitize=${GAXEL_SANITIZE}
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(gaxel_options INTERFACE -fsanitize=${GAXEL_SANITIZE})
endif()
if(GAXEL_FUZZ)
  target_compile_options(gaxel_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# For what handles words rather than pixels: under sanitizers half the compiler's time would go into optimising it.
add_library(gaxel_words INTERFACE)
if(GAXEL_SANITIZE)
  target_compile_options(gaxel_words INTERFACE -O0)
endif()

# gaxel_layer(<name> [LINKS target...]): the static library gaxel_<name> of every .cpp in this folder. The order of
# the layers, which LINKS states for the linker, is checked for the includes by tests/structure.
function(gaxel_layer name)
  cmake_parse_arguments(arg "" "" "LINKS;PRIVATE_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp */*.cpp)
  add_library(gaxel_${name} STATIC ${sources})
  target_include_directories(gaxel_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                             PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(gaxel_${name} PUBLIC ${arg_LINKS} PRIVATE gaxel_options ${arg_PRIVATE_LINKS})
endfunction()
