#ifndef LOGONLEAK_CLZMA_H
#define LOGONLEAK_CLZMA_H

#include <lzma.h>

/// LZMA_CONCATENATED, a macro that Swift does not import.
static const uint32_t logonleak_lzma_concatenated = LZMA_CONCATENATED;

#endif
