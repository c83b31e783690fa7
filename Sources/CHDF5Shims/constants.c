#include "CHDF5Shims.h"

/* Each of these macros calls H5open or casts, so each becomes a function. */

hid_t hire_h5t_f32(void) { return H5T_IEEE_F32LE; }
hid_t hire_h5t_f64(void) { return H5T_IEEE_F64LE; }
hid_t hire_h5t_i8(void) { return H5T_STD_I8LE; }
hid_t hire_h5t_i32(void) { return H5T_STD_I32LE; }
hid_t hire_h5t_i64(void) { return H5T_STD_I64LE; }
hid_t hire_h5t_u8(void) { return H5T_STD_U8LE; }
hid_t hire_h5t_c_string(void) { return H5T_C_S1; }
size_t hire_h5t_variable(void) { return H5T_VARIABLE; }

hid_t hire_h5p_default(void) { return H5P_DEFAULT; }
hid_t hire_h5p_file_create(void) { return H5P_FILE_CREATE; }
hid_t hire_h5p_file_access(void) { return H5P_FILE_ACCESS; }
hid_t hire_h5p_dataset_create(void) { return H5P_DATASET_CREATE; }
hid_t hire_h5p_group_create(void) { return H5P_GROUP_CREATE; }
hid_t hire_h5p_link_create(void) { return H5P_LINK_CREATE; }

hid_t hire_h5s_all(void) { return H5S_ALL; }
hsize_t hire_h5s_unlimited(void) { return H5S_UNLIMITED; }
unsigned hire_h5f_truncate(void) { return H5F_ACC_TRUNC; }
unsigned hire_h5f_read_only(void) { return H5F_ACC_RDONLY; }
unsigned hire_h5p_creation_order(void) { return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; }

int hire_h5z_has_deflate(void) { return H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0; }
