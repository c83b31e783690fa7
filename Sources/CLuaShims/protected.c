#include "CLuaShims.h"

/* Runs the function beneath `arguments` values; Lua code is innermost meanwhile. */
static int protected_call(lua_State *L, int arguments, int results, int handler) {
    hire_lua_owner *owner = hire_lua_owner_of(L);
    int before = owner->in_swift;
    lua_State *outer = hire_lua_enter_thread(L);
    owner->in_swift = 0;
    int status = lua_pcall(L, arguments, results, handler);
    owner->in_swift = before;
    hire_lua_leave_thread(L, outer);
    return status;
}

int hire_lua_pcall(lua_State *L, int arguments, int results) {
    int handler = lua_gettop(L) - arguments;
    lua_pushcfunction(L, hire_lua_message_handler);
    lua_insert(L, handler);
    int status = protected_call(L, arguments, results, handler);
    lua_remove(L, handler);
    return status;
}

static int get(lua_State *L) {
    lua_gettable(L, 1);
    return 1;
}

int hire_lua_get(lua_State *L, int container) {
    container = lua_absindex(L, container);
    lua_pushcfunction(L, get);
    lua_insert(L, -2);
    lua_pushvalue(L, container);
    lua_insert(L, -2);
    return hire_lua_pcall(L, 2, 1);
}

static int set(lua_State *L) {
    lua_settable(L, 1);
    return 0;
}

int hire_lua_set(lua_State *L, int container) {
    container = lua_absindex(L, container);
    lua_pushcfunction(L, set);
    lua_insert(L, -3);
    lua_pushvalue(L, container);
    lua_insert(L, -3);
    return hire_lua_pcall(L, 3, 0);
}

static int to_string(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    return 1;
}

int hire_lua_tostring(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, to_string);
    lua_pushvalue(L, index);
    return hire_lua_pcall(L, 1, 1);
}

static int keys(lua_State *L) {
    lua_createtable(L, 0, 0);
    lua_Integer count = 0;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, 2, ++count);
    }
    return 1;
}

int hire_lua_keys(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, keys);
    lua_pushvalue(L, index);
    return hire_lua_pcall(L, 1, 1);
}

static int compare(lua_State *L) {
    lua_pushboolean(L, lua_compare(L, 1, 2, (int)lua_tointeger(L, 3)));
    return 1;
}

int hire_lua_compare(lua_State *L, int a, int b, int operation, int *result) {
    a = lua_absindex(L, a);
    b = lua_absindex(L, b);
    lua_pushcfunction(L, compare);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_pushinteger(L, operation);
    int status = hire_lua_pcall(L, 3, 1);
    if (status == LUA_OK) {
        *result = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return status;
}

static int concat(lua_State *L) {
    lua_concat(L, 2);
    return 1;
}

int hire_lua_concat(lua_State *L) {
    lua_pushcfunction(L, concat);
    lua_insert(L, -3);
    return hire_lua_pcall(L, 2, 1);
}

void hire_lua_raw_set_field(lua_State *L, int index, const char *name) {
    index = lua_absindex(L, index);
    lua_pushstring(L, name);
    lua_insert(L, -2);
    lua_rawset(L, index);
}

int hire_lua_raw_get_field(lua_State *L, int index, const char *name) {
    index = lua_absindex(L, index);
    lua_pushstring(L, name);
    return lua_rawget(L, index);
}

void hire_lua_registry_table(lua_State *L, const void *key) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_createtable(L, 0, 0);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

int hire_lua_keep(lua_State *L) { return luaL_ref(L, LUA_REGISTRYINDEX); }
