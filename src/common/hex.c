#include "common/hex.h"
