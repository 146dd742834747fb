# The commit this binary is made of, as part of it (base/build_info.h): asked for at every build and
# written anew only when it changed, so that nothing else is compiled again.
set(build_info ${PROJECT_BINARY_DIR}/generated/build_info.cc)
add_custom_target(lode_build_info
  COMMAND ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D OUT=${build_info}
    -D "COMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
    -P ${PROJECT_SOURCE_DIR}/cmake/write_build_info.cmake
  BYPRODUCTS ${build_info} VERBATIM)
target_sources(lode_base PRIVATE ${build_info})
add_dependencies(lode_base lode_build_info)
