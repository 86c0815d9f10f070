#include "CKernelProfiles.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char profiles[] = {
#embed "profiles.bin"
};
#pragma clang diagnostic pop

const unsigned char *logonleak_kernel_profiles_start(void) { return profiles; }

size_t logonleak_kernel_profiles_size(void) { return sizeof profiles; }
