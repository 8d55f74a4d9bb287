#include "copenblas.h"

#include <dlfcn.h>

int ob_load(ob_library *library) {
    void *handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (handle == 0) { return 0; }
    __typeof__(&openblas_set_num_threads) set_threads = dlsym(handle, "openblas_set_num_threads");
    __typeof__(&openblas_get_num_threads) threads = dlsym(handle, "openblas_get_num_threads");
    library->sgemm = dlsym(handle, "cblas_sgemm");
    __typeof__(&openblas_get_corename) core = dlsym(handle, "openblas_get_corename");
    if (!set_threads || !threads || !library->sgemm || !core) { return 0; }
    library->core = core();
    set_threads(1);
    return threads() == 1;
}
