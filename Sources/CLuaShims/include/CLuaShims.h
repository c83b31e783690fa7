/* Lua for Swift: everything of the C API that can raise, made safe to call with a Swift frame above.
 *
 * A Lua error is a longjmp. A longjmp over a Swift frame leaks what the frame holds, so Swift may call only
 *   (1) functions of the plain API that never raise, or only for want of memory: lua_absindex, lua_checkstack,
 *       lua_createtable, lua_getinfo, lua_getiuservalue, lua_getmetatable, lua_getstack, lua_gettop, lua_isinteger,
 *       lua_push* (not lua_pushfstring), lua_rawequal, lua_rawget*, lua_rawlen, lua_rawset* (keys that are neither nil
 *       nor NaN), lua_rotate, lua_setiuservalue, lua_setmetatable, lua_settop, lua_to* (lua_tolstring on strings only),
 *       lua_type, lua_typename, luaL_loadbufferx, luaL_unref; a test of the repository looks for any other; and
 *   (2) the functions declared here.
 * Running out of memory is the one error that nearly every API function can raise. While Swift code runs, the
 * allocator of these states ends the process with a message instead; while Lua code runs, a failed allocation
 * is an ordinary Lua error. `in_swift` tells the two apart. */
#ifndef CLUA_SHIMS_H
#define CLUA_SHIMS_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>

/* Calls a Swift object; returns the number of results on the stack, or -1 with the error value on top. */
typedef int32_t (*hire_lua_call)(lua_State *L, void *object);
/* Gives up the reference that a box held. */
typedef void (*hire_lua_release)(lua_State *L, void *object);

/* What belongs to one main state and all of its coroutines; reached through the extra space of each. */
typedef struct hire_lua_owner {
    void *owner;              /* the Swift object that owns the state, not retained */
    hire_lua_call call;       /* runs a boxed Swift function */
    hire_lua_release release; /* releases a boxed Swift object */
    int in_swift;             /* whether Swift code is the innermost */
    size_t bytes;             /* bytes that Lua itself holds */
    lua_State *volatile running; /* the stack whose Lua code is innermost; NULL while none runs */
    volatile int ending;      /* whether the script was asked to end, see `hire_lua_end` */
    size_t allocations_left;  /* Lua code may allocate so often until memory counts as used up; tests set it */
} hire_lua_owner;

/* --- state.c: life of a state -------------------------------------------------------------------------- */

/* A state with the standard libraries, or NULL when there is no memory or too few allocations are allowed. */
lua_State *hire_lua_open(void *owner, hire_lua_call call, hire_lua_release release, size_t allocations);
/* Ends a state: every box is released. Returns the bytes that Lua did not give back, which are none. */
size_t hire_lua_close(lua_State *L);
/* The owner of the state that L belongs to. */
hire_lua_owner *hire_lua_owner_of(lua_State *L);

/* --- box.c: Swift objects in Lua ----------------------------------------------------------------------- */

/* Pushes a userdata that holds `object`, with `uservalues` user values. */
void hire_lua_push_box(lua_State *L, void *object, int uservalues);
/* The object in the box at `index`; NULL where the value is no box or the box is closed. */
void *hire_lua_box(lua_State *L, int index);
/* Whether the value at `index` is a box whose object was released by `<close>`. */
int hire_lua_is_closed_box(lua_State *L, int index);
/* Pops a box and pushes a Lua function that calls its object through the trampoline. */
void hire_lua_push_function(lua_State *L);
/* The object behind the function at `index`, or NULL where it is no function of ours. */
void *hire_lua_function_object(lua_State *L, int index);
/* Pops a box (reads properties) and beneath it a table of methods; pushes the function for `__index`. */
void hire_lua_push_index(lua_State *L);
/* Pushes the function for `__newindex`: sets fields in the first user value, refuses other objects. */
void hire_lua_push_new_index(lua_State *L);
/* Pushes the function for `__gc` and `__close`. */
void hire_lua_push_release(lua_State *L);

/* --- protected.c: calls that may raise ----------------------------------------------------------------- */

/* lua_pcall with a traceback handler: errors become tables, see `hire_lua_push_error`. */
int hire_lua_pcall(lua_State *L, int arguments, int results);
/* Pops a key; pushes container[key], metamethods included. Returns a status; the error is on top. */
int hire_lua_get(lua_State *L, int container);
/* Pops a value and beneath it a key; container[key] = value, metamethods included. */
int hire_lua_set(lua_State *L, int container);
/* Pushes what Lua's tostring gives for the value at `index`. */
int hire_lua_tostring(lua_State *L, int index);
/* Pushes a list of the keys of the table at `index`. */
int hire_lua_keys(lua_State *L, int index);
/* Compares two values with metamethods (LUA_OPEQ, LUA_OPLT, LUA_OPLE); the result is in `*result`. */
int hire_lua_compare(lua_State *L, int a, int b, int operation, int *result);
/* Pops two values and pushes their concatenation. */
int hire_lua_concat(lua_State *L);
/* Sets a field of the table at `index` without metamethods; pops the value. Never raises. */
void hire_lua_raw_set_field(lua_State *L, int index, const char *name);
/* Pushes a field of the table at `index` without metamethods; returns its type. Never raises. */
int hire_lua_raw_get_field(lua_State *L, int index, const char *name);
/* Pops a value and keeps it in the registry; returns its number. Never raises. */
int hire_lua_keep(lua_State *L);
/* Pushes a table from the registry by a static address, made on first use. */
void hire_lua_registry_table(lua_State *L, const void *key);

/* --- errors.c: error values ---------------------------------------------------------------------------- */

/* Pops a message and pushes an error table {kind, message, path, traceback} with `__tostring`; `path` may be NULL.
 * `where` asks for the position of the calling Lua code in front of the message. */
void hire_lua_push_error(lua_State *L, const char *kind, const char *path, int where);
/* Pushes "file:line: " of the innermost Lua code that called; "" where there is none. */
void hire_lua_push_where(lua_State *L);
/* Pops a function and pushes "file:line" of its definition; pushes nothing and returns 0 if it is not written in Lua. */
int hire_lua_push_definition(lua_State *L);
/* Whether the value at `index` is such an error table. */
int hire_lua_is_error(lua_State *L, int index);
/* Turns any error value into an error table with a traceback: the message handler of every protected call. */
int hire_lua_message_handler(lua_State *L);

/* --- interrupt.c: signals that ask the program to stop -------------------------------------------------- */

/* From now on the first SIGINT (`all`: or SIGTERM, SIGHUP, SIGUSR1, SIGUSR2) is remembered and stops this state's Lua
 * code at its next instruction. SIGINT, SIGTERM or SIGHUP half a second later or more ends the process at once with
 * 128 + its number. One state at a time, from the thread that runs it. */
void hire_lua_watch_signals(lua_State *L, int all);
/* Gives the signals back to the system. */
void hire_lua_ignore_signals(void);
/* Writing to a pipe that nobody reads becomes an error instead of the end of the process. */
void hire_lua_survive_broken_pipes(void);
/* Writing past the largest size that a file may have (ulimit -f) becomes an error too. */
void hire_lua_survive_full_files(void);
/* The number of the first signal that arrived; 0 if none has. */
int hire_lua_interrupted(void);
/* Forgets a signal that was dealt with. */
void hire_lua_clear_interrupt(void);
/* +1: Lua code runs to its end in spite of a signal, because native code that looks at the flag by itself needs what it
 * computes; -1: no longer. */
void hire_lua_defer_interrupts(int change);
/* "SIGINT" and so on; "" for a signal that is not watched. */
const char *hire_lua_signal_name(int number);
/* Makes every further instruction of this state's Lua code raise an error of kind "ended", so that no pcall keeps the
 * script from ending; a new call from outside starts afresh. */
void hire_lua_end(lua_State *L);
/* Notes that the Lua code of L is about to run; returns what ran before, for `hire_lua_leave_thread`. */
lua_State *hire_lua_enter_thread(lua_State *L);
void hire_lua_leave_thread(lua_State *L, lua_State *outer);

/* --- coroutines.c -------------------------------------------------------------------------------------- */

/* Replaces coroutine.resume and coroutine.wrap by such as tell the owner what runs. */
void hire_lua_open_coroutines(lua_State *L);

/* --- exit.c -------------------------------------------------------------------------------------------- */

/* Replaces os.exit; the standard libraries must be open. */
void hire_lua_open_exit(lua_State *L);

/* --- constants that are macros ------------------------------------------------------------------------- */

/* Swift cannot import this macro; the check makes sure that it still means what is restated here. */
static const int32_t hire_lua_registry_index = -1000000 - 1000;
_Static_assert(LUA_REGISTRYINDEX == -1000000 - 1000, "LUA_REGISTRYINDEX has changed; restate it here.");
_Static_assert(LUA_VERSION_NUM == 504, "These shims are written for Lua 5.4.");
_Static_assert(sizeof(lua_Integer) == 8 && sizeof(lua_Number) == 8, "Lua numbers must have 64 bits.");

static inline void hire_lua_pop(lua_State *L, int count) { lua_settop(L, -count - 1); }
static inline int hire_lua_upvalue_index(int i) { return LUA_REGISTRYINDEX - i; }
static inline int hire_lua_first_free_reference(void) { return LUA_NOREF; }
/* lua_gc is variadic, which Swift cannot call. */
static inline int hire_lua_collect(lua_State *L) { return lua_gc(L, LUA_GCCOLLECT); }
static inline int hire_lua_gc_is_running(lua_State *L) { return lua_gc(L, LUA_GCISRUNNING); }
/* The collector at its most aggressive: young collections after every small allocation. */
static inline int hire_lua_gc_aggressive(lua_State *L) { return lua_gc(L, LUA_GCGEN, 1, 1); }

#endif
