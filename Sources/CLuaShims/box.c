#include "CLuaShims.h"

/* A userdata of ours starts with the address of this variable. */
static const char mark;

typedef struct box {
    const void *mark;
    void *object;
} box;

/* Key in the registry of the metatable that boxes behind functions share. */
static const char function_metatable;

static box *as_box(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(box)) return NULL;
    box *found = lua_touserdata(L, index);
    return found->mark == &mark ? found : NULL;
}

void hire_lua_push_box(lua_State *L, void *object, int uservalues) {
    box *made = lua_newuserdatauv(L, sizeof(box), uservalues);
    made->mark = &mark;
    made->object = object;
}

void *hire_lua_box(lua_State *L, int index) {
    box *found = as_box(L, index);
    return found ? found->object : NULL;
}

int hire_lua_is_closed_box(lua_State *L, int index) {
    box *found = as_box(L, index);
    return found && !found->object;
}

/* `__gc` and `__close`: a second release finds nothing to do. */
static int release(lua_State *L) {
    box *found = as_box(L, 1);
    if (found && found->object) {
        hire_lua_owner *owner = hire_lua_owner_of(L);
        void *object = found->object;
        int before = owner->in_swift;
        found->object = NULL;
        owner->in_swift = 1;
        owner->release(L, object);
        owner->in_swift = before;
    }
    return 0;
}

/* Calls Swift; nothing is held here when the error is raised. */
static int enter(lua_State *L, void *object) {
    hire_lua_owner *owner = hire_lua_owner_of(L);
    int before = owner->in_swift;
    owner->in_swift = 1;
    int count = owner->call(L, object);
    owner->in_swift = before;
    if (count < 0) return lua_error(L);
    return count;
}

/* The one function through which Lua calls Swift. */
static int trampoline(lua_State *L) {
    void *object = hire_lua_box(L, lua_upvalueindex(1));
    if (!object) return luaL_error(L, "this function belongs to a state that was closed.");
    return enter(L, object);
}

/* `__index`: own fields, then methods, then Swift (properties, and the error for unknown names). */
static int get_field(lua_State *L) {
    if (lua_getiuservalue(L, 1, 1) == LUA_TTABLE) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, -2) != LUA_TNIL) return 1;
    }
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_settop(L, 2);
    void *reader = hire_lua_box(L, lua_upvalueindex(2));
    if (!reader) return luaL_error(L, "this object belongs to a state that was closed.");
    return enter(L, reader);
}

static int set_field(lua_State *L) {
    if (lua_getiuservalue(L, 1, 1) != LUA_TTABLE) {
        const char *type = luaL_tolstring(L, 1, NULL);
        const char *key = luaL_tolstring(L, 2, NULL);
        if (lua_rawlen(L, -1) > 200) {
            lua_pushlstring(L, key, 200);
            key = lua_tostring(L, -1);
        }
        lua_pushfstring(L, "cannot set field '%s' of %s: its fields are read-only.", key, type);
        hire_lua_push_error(L, "argument", NULL, 1);
        return lua_error(L);
    }
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_rawset(L, -3);
    return 0;
}

void hire_lua_push_release(lua_State *L) { lua_pushcfunction(L, release); }

void hire_lua_push_new_index(lua_State *L) { lua_pushcfunction(L, set_field); }

void hire_lua_push_index(lua_State *L) { lua_pushcclosure(L, get_field, 2); }

void hire_lua_push_function(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &function_metatable) != LUA_TTABLE) {
        hire_lua_pop(L, 1);
        lua_createtable(L, 0, 1);
        lua_pushcfunction(L, release);
        hire_lua_raw_set_field(L, -2, "__gc");
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &function_metatable);
    }
    lua_setmetatable(L, -2);
    lua_pushcclosure(L, trampoline, 1);
}

void *hire_lua_function_object(lua_State *L, int index) {
    if (lua_tocfunction(L, index) != trampoline) return NULL;
    if (!lua_getupvalue(L, index, 1)) return NULL;
    void *object = hire_lua_box(L, -1);
    hire_lua_pop(L, 1);
    return object;
}
