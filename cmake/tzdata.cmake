# The time zones that are part of the binary: the pinned tzdata package under third_party/prefix,
# packed into one blob and linked into lode_base (base/zone.h). The machine's zones are never used.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(zoneinfo ${LODE_DEPS}/share/tzdata)
if(NOT EXISTS ${zoneinfo}/VERSION)
  message(FATAL_ERROR "${zoneinfo}/VERSION is missing. Run: ./dev setup")
endif()
file(STRINGS ${zoneinfo}/VERSION version LIMIT_COUNT 1)  # the edition of IANA, such as 2025b

set(blob ${PROJECT_BINARY_DIR}/generated/tzdata.bin)
set(source ${PROJECT_BINARY_DIR}/generated/tzdata_blob.cc)
add_custom_command(OUTPUT ${blob}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/generated
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/pack_tzdata.py ${zoneinfo} ${version}
    ${blob}
  DEPENDS ${PROJECT_SOURCE_DIR}/tools/pack_tzdata.py ${zoneinfo}/VERSION
  COMMENT "packing time zones ${version}" VERBATIM)
file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Made by cmake/tzdata.cmake: the packed time zones as bytes of the program.
asm(".section .rodata\n"
    ".balign 16\n"
    ".global lode_tzdata_begin\n"
    "lode_tzdata_begin:\n"
    ".incbin \"@blob@\"\n"
    ".global lode_tzdata_end\n"
    "lode_tzdata_end:\n"
    ".byte 0\n"
    ".previous\n");
]])
set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${blob})
target_sources(lode_base PRIVATE ${source})
