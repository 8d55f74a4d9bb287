// What every instruction set's file includes before it sets its compiler target.

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tables.h"

// Fusing is written out where it is meant, so that all sets round alike.
#pragma STDC FP_CONTRACT OFF
// Vectors are passed to inlined functions only; how they would be passed otherwise does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
