# The page of `lode report` that is part of the binary: web/built/report.html, which the test
# web.built makes anew from web/ and compares. Node is not needed to build lode
# (docs/decisions/008).
set(page ${PROJECT_SOURCE_DIR}/web/built/report.html)
set(source ${PROJECT_BINARY_DIR}/generated/report_template.cc)
file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Made by cmake/report_page.cmake: the page without a run as bytes of the program.
asm(".section .rodata\n"
    ".global lode_report_template_begin\n"
    "lode_report_template_begin:\n"
    ".incbin \"@page@\"\n"
    ".global lode_report_template_end\n"
    "lode_report_template_end:\n"
    ".byte 0\n"
    ".previous\n");
]])
set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${page})
target_sources(lode_cli PRIVATE ${source})
