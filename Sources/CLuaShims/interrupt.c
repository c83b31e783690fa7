#include "CLuaShims.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A signal has no owner to be handed: these two are the only shared state here. */
static volatile sig_atomic_t arrived;
static lua_State *volatile watched;

/* Runs inside the interpreter's loop, where raising unwinds Lua frames up to the nearest protected call. */
static void stop(lua_State *L, lua_Debug *frame) {
    (void)frame;
    lua_sethook(L, NULL, 0, 0);
    lua_pushliteral(L, "interrupted.");
    hire_lua_push_error(L, "interrupted", NULL, 1);
    lua_error(L);
}

static void handle(int number) {
    (void)number;
    if (arrived) {
        static const char text[] = "\nhire: stopped at once.\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
        (void)ignored;
        _exit(130);
    }
    arrived = 1;
    /* lua_sethook is made to be called from a signal handler. */
    if (watched) lua_sethook(watched, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static void install(void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    /* Whoever started the program may have left the signal blocked. */
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigprocmask(SIG_UNBLOCK, &interrupts, NULL);
}

void hire_lua_watch_interrupts(lua_State *L) {
    watched = L;
    install(handle);
}

void hire_lua_ignore_interrupts(void) {
    install(SIG_DFL);
    watched = NULL;
}

int hire_lua_interrupted(void) { return arrived; }

void hire_lua_clear_interrupt(void) {
    arrived = 0;
    if (watched) lua_sethook(watched, NULL, 0, 0);
}
