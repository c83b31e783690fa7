// The system's headers of lua5.4, found through pkg-config.
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
