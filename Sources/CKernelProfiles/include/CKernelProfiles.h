#ifndef C_KERNEL_PROFILES_H
#define C_KERNEL_PROFILES_H

#include <stddef.h>

/// First byte of the embedded collection of kernel profiles.
const unsigned char *logonleak_kernel_profiles_start(void);

/// Size of the collection in bytes.
size_t logonleak_kernel_profiles_size(void);

#endif
