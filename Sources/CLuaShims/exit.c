#include "CLuaShims.h"

#include <signal.h>
#include <stdlib.h>

/* os.exit as in the standard library; but a program that a signal asked to stop never ends as if all had been done:
 * schedulers would not start it again. */
static int end_program(lua_State *L) {
    int status = lua_isboolean(L, 1) ? (lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE)
                                     : (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
    int arrived = hire_lua_interrupted();
    if (arrived && status == EXIT_SUCCESS)
        status = arrived == SIGUSR1 || arrived == SIGUSR2 ? 75 : 128 + arrived;
    if (lua_toboolean(L, 2)) lua_close(L);
    exit(status);
}

void hire_lua_open_exit(lua_State *L) {
    lua_getglobal(L, LUA_OSLIBNAME);
    lua_pushcfunction(L, end_program);
    lua_setfield(L, -2, "exit");
    lua_pop(L, 1);
}
