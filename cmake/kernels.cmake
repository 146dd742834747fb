# Files named *_avx2.cc and *_avx512.cc hold one kernel variant each: compiled for that instruction
# set, reached only through a run-time check of the CPU (base/cpu.h), equal in bytes to the others.
file(GLOB_RECURSE avx2 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*_avx2.cc)
file(GLOB_RECURSE avx512 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*_avx512.cc)
foreach(file IN LISTS avx2)
  set_source_files_properties(${file} PROPERTIES COMPILE_OPTIONS "-mavx2")
endforeach()
foreach(file IN LISTS avx512)
  set_source_files_properties(${file} PROPERTIES
    COMPILE_OPTIONS "-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx512vbmi")
endforeach()
