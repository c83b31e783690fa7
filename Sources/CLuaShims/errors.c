#include "CLuaShims.h"

/* Key in the registry of the metatable of error tables. */
static const char error_metatable;

static int error_tostring(lua_State *L) {
    if (lua_type(L, 1) != LUA_TTABLE) return 0;
    if (hire_lua_raw_get_field(L, 1, "message") != LUA_TSTRING) lua_pushliteral(L, "an error without a message");
    return 1;
}

static int error_concat(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

static void push_metatable(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &error_metatable) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, error_tostring);
    hire_lua_raw_set_field(L, -2, "__tostring");
    lua_pushcfunction(L, error_concat);
    hire_lua_raw_set_field(L, -2, "__concat");
    lua_pushliteral(L, "hire.Error");
    hire_lua_raw_set_field(L, -2, "__name");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &error_metatable);
}

/* Pushes "file:line: " of the innermost Lua function that called; "" where there is none. */
void hire_lua_push_where(lua_State *L) {
    lua_Debug frame;
    for (int level = 0; level < 64 && lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frame.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

void hire_lua_push_error(lua_State *L, const char *kind, const char *path, int where) {
    int message = lua_gettop(L);
    if (where) {
        hire_lua_push_where(L);
        lua_insert(L, message);
        lua_concat(L, 2); /* two strings: cannot raise but for memory */
    }
    lua_createtable(L, 0, 4);
    lua_insert(L, message);
    hire_lua_raw_set_field(L, message, "message");
    lua_pushstring(L, kind);
    hire_lua_raw_set_field(L, message, "kind");
    if (path) {
        lua_pushstring(L, path);
        hire_lua_raw_set_field(L, message, "path");
    }
    luaL_traceback(L, L, NULL, 0);
    hire_lua_raw_set_field(L, message, "traceback");
    push_metatable(L);
    lua_setmetatable(L, message);
}

int hire_lua_push_definition(lua_State *L) {
    lua_Debug function;
    lua_getinfo(L, ">S", &function);
    if (function.linedefined <= 0) return 0;
    lua_pushfstring(L, "%s:%d", function.short_src, function.linedefined);
    return 1;
}

int hire_lua_is_error(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index)) return 0;
    push_metatable(L);
    int same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

int hire_lua_message_handler(lua_State *L) {
    if (hire_lua_is_error(L, 1)) {
        if (hire_lua_raw_get_field(L, 1, "traceback") == LUA_TNIL) {
            luaL_traceback(L, L, NULL, 1);
            hire_lua_raw_set_field(L, 1, "traceback");
        }
        lua_settop(L, 1);
        return 1;
    }
    int plain = lua_type(L, 1) == LUA_TSTRING;
    if (!plain && !luaL_getmetafield(L, 1, "__tostring")) {
        lua_pushfstring(L, "an error value of type %s", luaL_typename(L, 1));
    } else {
        luaL_tolstring(L, 1, NULL);
    }
    hire_lua_push_error(L, "lua", NULL, 0);
    if (!plain) {
        lua_pushvalue(L, 1);
        hire_lua_raw_set_field(L, -2, "value");
    }
    return 1;
}
