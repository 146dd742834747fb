# The table of `lode mine` without a file: examples/sample/telco_churn.csv.gz as bytes of the
# program.
set(table ${PROJECT_SOURCE_DIR}/examples/sample/telco_churn.csv.gz)
set(source ${PROJECT_BINARY_DIR}/generated/sample_file.cc)
file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Made by cmake/sample_file.cmake: a packed table as bytes of the program.
asm(".section .rodata\n"
    ".global lode_sample_file_begin\n"
    "lode_sample_file_begin:\n"
    ".incbin \"@table@\"\n"
    ".global lode_sample_file_end\n"
    "lode_sample_file_end:\n"
    ".byte 0\n"
    ".previous\n");
]])
set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${table})
target_sources(lode_cli PRIVATE ${source})
