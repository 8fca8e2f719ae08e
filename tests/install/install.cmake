# Installs the library into a folder of its own, builds the project beside this file against it, and runs that.
set(folder ${BUILD}/install_test)
file(REMOVE_RECURSE ${folder})
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY COMMAND_ECHO STDOUT)
endfunction()
run(${CMAKE_COMMAND} --install ${BUILD} --component library --prefix ${folder}/prefix)
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${folder}/build -G Ninja -D CMAKE_PREFIX_PATH=${folder}/prefix -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_CXX_FLAGS=${FLAGS} -D GAXEL_VERSION=${VERSION})
run(${CMAKE_COMMAND} --build ${folder}/build)
run(${folder}/build/consumer)
