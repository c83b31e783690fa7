// The system's headers of hdf5-serial, found through pkg-config.
#include <hdf5.h>
#include <hdf5_hl.h>
