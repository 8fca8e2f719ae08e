# gaxel_python_package(<extension> SOURCES file... LINKS target...): the package gaxel, whole, in GAXEL_PYTHON_DIR,
# ready to be put on sys.path (./dev does so for .venv). The extension module is built there; the Python files are
# links to the sources, so that an edit needs no build. A wheel takes the same Python files by pyproject.toml.
function(gaxel_python_package extension)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  set(package ${GAXEL_PYTHON_DIR}/gaxel)
  set(python_dir ${PROJECT_SOURCE_DIR}/python/gaxel)
  file(GLOB_RECURSE names CONFIGURE_DEPENDS RELATIVE ${python_dir} ${python_dir}/*.py ${python_dir}/*.pyi ${python_dir}/py.typed)
  foreach(name ${names})
    cmake_path(GET name PARENT_PATH folder)
    file(MAKE_DIRECTORY ${package}/${folder})
    file(CREATE_LINK ${python_dir}/${name} ${package}/${name} SYMBOLIC)
  endforeach()
  nanobind_add_module(${extension} NB_STATIC NB_SUPPRESS_WARNINGS ${arg_SOURCES})
  target_include_directories(${extension} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${extension} PRIVATE gaxel_options ${arg_LINKS})
  set_target_properties(${extension} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${package})
  install(TARGETS ${extension} COMPONENT python LIBRARY DESTINATION gaxel)
endfunction()
