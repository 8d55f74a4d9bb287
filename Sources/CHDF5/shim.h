#pragma once
// HDF5's types, property classes and flags are macros that call into the library, which Swift cannot import.
// One accessor each, nothing else.
#include <hdf5/serial/hdf5.h>

static inline hid_t chdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_all(void) { return H5S_ALL; }
static inline hid_t chdf5_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_link_creation_class(void) { return H5P_LINK_CREATE; }
static inline hid_t chdf5_dataset_creation_class(void) { return H5P_DATASET_CREATE; }

static inline hid_t chdf5_float32_le(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_int32_le(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_float64_le(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }
static inline size_t chdf5_variable(void) { return H5T_VARIABLE; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }

static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline hid_t chdf5_default_error_stack(void) { return H5E_DEFAULT; }

// Frees everything the file still has open when the file is closed, whatever the order of closing.
static inline H5F_close_degree_t chdf5_close_strong(void) { return H5F_CLOSE_STRONG; }

// The printing of errors is a setting of the calling thread's own stack.
static inline herr_t chdf5_silence(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
