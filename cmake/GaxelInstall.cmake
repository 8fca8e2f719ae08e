# The library as other C++ projects use it: find_package(gaxel), target gaxel::gaxel. One shared library of all layers
# that have public headers, which need the standard library alone.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

add_library(gaxel_shared SHARED)
add_library(gaxel::gaxel ALIAS gaxel_shared)
file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/gaxel/*.hpp)
target_sources(gaxel_shared PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${headers})
target_link_libraries(gaxel_shared PRIVATE gaxel_fit)
set(layers gaxel_base,gaxel_math,gaxel_profile,gaxel_integrate,gaxel_psf,gaxel_render,gaxel_scene,gaxel_fit)
target_compile_features(gaxel_shared INTERFACE cxx_std_20)
set_target_properties(gaxel_shared PROPERTIES OUTPUT_NAME gaxel EXPORT_NAME gaxel LINKER_LANGUAGE CXX
                      LINK_LIBRARY_OVERRIDE WHOLE_ARCHIVE,${layers}
                      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/gaxel)
install(TARGETS gaxel_shared EXPORT gaxel
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(EXPORT gaxel FILE gaxelConfig.cmake NAMESPACE gaxel:: DESTINATION ${package} COMPONENT library)
# Below 1.0 a minor version may change what callers see.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gaxelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gaxelConfigVersion.cmake DESTINATION ${package} COMPONENT library)
if(GAXEL_BUILD_CLI)
  install(TARGETS gaxel COMPONENT command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
