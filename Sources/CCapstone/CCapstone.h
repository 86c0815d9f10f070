#ifndef LOGONLEAK_CCAPSTONE_H
#define LOGONLEAK_CCAPSTONE_H

// Where its package file leads differs between systems.
#if __has_include(<capstone/capstone.h>)
#include <capstone/capstone.h>
#else
#include <capstone.h>
#endif

#endif
