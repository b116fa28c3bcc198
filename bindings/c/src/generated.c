/* The generated bindings. Their casts of structures are an extension that every compiler has. */

#pragma GCC diagnostic ignored "-Wpedantic"
#include "../generated/plugin.c"
