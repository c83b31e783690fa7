#include "CLuaShims.h"

/* coroutine.resume and coroutine.wrap as in the standard library, but the state's owner knows which coroutine runs,
 * so that a signal stops the code that is running and not the code that waits for it. */

/* Moves `arguments` values to a coroutine and runs it; returns the number of results on L's stack, or -1 with the
 * error value on top. */
static int run(lua_State *L, lua_State *coroutine, int arguments) {
    if (!lua_checkstack(coroutine, arguments)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, coroutine, arguments);
    int results = 0;
    lua_State *outer = hire_lua_enter_thread(coroutine);
    int status = lua_resume(coroutine, L, arguments, &results);
    hire_lua_leave_thread(coroutine, outer);
    if (status != LUA_OK && status != LUA_YIELD) {
        int state = lua_status(coroutine);
        /* One that failed keeps a copy, which closing it hands to its variables; one that could not be resumed does not. */
        if (state != LUA_OK && state != LUA_YIELD) lua_pushvalue(coroutine, -1);
        lua_xmove(coroutine, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_settop(coroutine, -results - 1);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(coroutine, L, results);
    return results;
}

static int resume(lua_State *L) {
    luaL_argexpected(L, lua_isthread(L, 1), 1, "coroutine");
    int results = run(L, lua_tothread(L, 1), lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    if (results < 0) results = 1;
    lua_insert(L, -results - 1);
    return results + 1;
}

static int call_wrapped(lua_State *L) {
    lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
    int results = run(L, coroutine, lua_gettop(L));
    if (results >= 0) return results;
    int status = lua_status(coroutine);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pop(L, 1);
        lua_resetthread(coroutine); /* leaves the error value, or that of a variable's closing */
        lua_xmove(coroutine, L, 1);
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *coroutine = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, coroutine, 1);
    lua_pushcclosure(L, call_wrapped, 1);
    return 1;
}

void hire_lua_open_coroutines(lua_State *L) {
    lua_getglobal(L, LUA_COLIBNAME);
    lua_pushcfunction(L, resume);
    lua_setfield(L, -2, "resume");
    lua_pushcfunction(L, wrap);
    lua_setfield(L, -2, "wrap");
    lua_pop(L, 1);
}
