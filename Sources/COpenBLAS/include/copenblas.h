//  COpenBLAS owns the loading of OpenBLAS, which happens when it is first needed instead of at every start: it takes
//  milliseconds, most commands and all shipped models never call it, and the library reads its environment while being
//  loaded. It must include nothing but OpenBLAS' header.

#pragma once

#include <cblas.h>

typedef struct {
    __typeof__(&cblas_sgemm) sgemm;
    // The processor core whose kernels it runs.
    const char *core;
} ob_library;

// Loads the system's OpenBLAS and holds it to one thread; with more, its last bits depend on their number. False if there is
// none, if it lacks a function, or if it keeps more threads.
int ob_load(ob_library *library);
