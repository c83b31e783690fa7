/* What Swift cannot see of HDF5: macros that expand to calls or casts, and the walk over the error stack. */
#ifndef HIRE_CHDF5_SHIMS_H
#define HIRE_CHDF5_SHIMS_H

#include <hdf5.h>

/* Must be the first call of all: without it HDF5 may crash while the process exits. Returns < 0 on failure. */
int hire_h5_start(void);

/* Stops HDF5 from printing errors by itself on the calling thread. */
void hire_h5_quiet(void);

/* The error stack of this thread as one line, outermost call first, and clears it. The caller frees it. */
char *hire_h5_take_error(void);

hid_t hire_h5t_f32(void);
hid_t hire_h5t_f64(void);
hid_t hire_h5t_i8(void);
hid_t hire_h5t_i32(void);
hid_t hire_h5t_i64(void);
hid_t hire_h5t_u8(void);
hid_t hire_h5t_c_string(void);
size_t hire_h5t_variable(void);

hid_t hire_h5p_default(void);
hid_t hire_h5p_file_create(void);
hid_t hire_h5p_file_access(void);
hid_t hire_h5p_dataset_create(void);
hid_t hire_h5p_group_create(void);
hid_t hire_h5p_link_create(void);

hid_t hire_h5s_all(void);
hsize_t hire_h5s_unlimited(void);
unsigned hire_h5f_truncate(void);
unsigned hire_h5f_read_only(void);
unsigned hire_h5p_creation_order(void);

/* Memory in which a file is built: it stays where it is while the file grows, and outlives it. */
typedef struct hire_h5_image hire_h5_image;

/* Reserves memory for a file of up to `capacity` bytes, which may grow; NULL where the system refuses. */
hire_h5_image *hire_h5_image_make(size_t capacity);

/* Gives the memory back, unless a file access list still holds it; those let go when they are closed. */
void hire_h5_image_release(hire_h5_image *image);

/* The first byte; moves when the file outgrows the capacity. */
const uint8_t *hire_h5_image_bytes(const hire_h5_image *image);

/* Makes files that are opened with an access list (core driver) live in the memory; < 0 on failure. */
int hire_h5_image_use(hid_t access, hire_h5_image *image);

/* Deflate is not in every build of HDF5. */
int hire_h5z_has_deflate(void);

#endif
