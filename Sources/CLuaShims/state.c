#include "CLuaShims.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

hire_lua_owner *hire_lua_owner_of(lua_State *L) { return *(hire_lua_owner **)lua_getextraspace(L); }

/* Fails only while Lua code runs, where the failure is a Lua error that unwinds C frames alone. */
static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
    hire_lua_owner *owner = data;
    size_t held = block ? old_size : 0;
    if (new_size == 0) {
        free(block);
        owner->bytes -= held;
        return NULL;
    }
    /* Shrinking never fails: Lua counts on it. */
    if (!owner->in_swift && new_size > held) {
        if (owner->allocations_left == 0) return NULL;
        owner->allocations_left--;
    }
    void *made = realloc(block, new_size);
    if (!made) {
        if (owner->in_swift) {
            fprintf(stderr, "hire: out of memory (%zu bytes for the script's state).\n", new_size);
            _exit(70);
        }
        return NULL;
    }
    owner->bytes += new_size - held;
    return made;
}

static int panic(lua_State *L) {
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error object";
    fprintf(stderr, "hire: internal error: a Lua error outside any protected call: %s.\n", message);
    _exit(70);
}

static int open_libraries(lua_State *L) {
    luaL_openlibs(L);
    hire_lua_open_coroutines(L);
    hire_lua_open_exit(L);
    return 0;
}

lua_State *hire_lua_open(void *owner, hire_lua_call call, hire_lua_release release, size_t allocations) {
    hire_lua_owner *shared = calloc(1, sizeof *shared);
    if (!shared) return NULL;
    shared->owner = owner;
    shared->call = call;
    shared->release = release;
    shared->allocations_left = allocations;
    lua_State *L = lua_newstate(allocate, shared);
    if (!L) {
        free(shared);
        return NULL;
    }
    *(hire_lua_owner **)lua_getextraspace(L) = shared;
    lua_atpanic(L, panic);
    lua_pushcfunction(L, open_libraries);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        lua_close(L);
        free(shared);
        return NULL;
    }
    shared->in_swift = 1;
    return L;
}

size_t hire_lua_close(lua_State *L) {
    hire_lua_owner *owner = hire_lua_owner_of(L);
    lua_close(L);
    size_t left = owner->bytes;
    free(owner);
    return left;
}
