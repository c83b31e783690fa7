#include "CLuaShims.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A signal has no owner to be handed: what follows is the only shared state here. */
static volatile sig_atomic_t arrived; /* the number of the first signal; 0 for none */
static volatile sig_atomic_t unwound; /* whether Lua code was stopped for it once */
static struct timespec arrival, unwinding;
static hire_lua_owner *volatile watched;
static atomic_int deferring; /* how many pieces of native work want their Lua code to run to its end */
static pthread_t home;

enum {
    grace_milliseconds = 1000,  /* for scripts that catch the error and put things in order */
    grace_instructions = 100,   /* between two looks at the clock meanwhile */
    double_milliseconds = 500,  /* one request may come as two signals: to the process and to its group */
};

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

static long milliseconds_since(const struct timespec *moment) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - moment->tv_sec) * 1000 + (now.tv_nsec - moment->tv_nsec) / 1000000;
}

const char *hire_lua_signal_name(int number) {
    switch (number) {
    case SIGINT: return "SIGINT";
    case SIGTERM: return "SIGTERM";
    case SIGHUP: return "SIGHUP";
    case SIGUSR1: return "SIGUSR1";
    case SIGUSR2: return "SIGUSR2";
    default: return "";
    }
}

/* Runs inside the interpreter's loop, where raising unwinds Lua frames up to the nearest protected call.
 * A script may catch the error once; from a second later on every instruction raises it again. */
static void stop(lua_State *L, lua_Debug *frame) {
    (void)frame;
    if (hire_lua_owner_of(L)->ending) {
        lua_sethook(L, stop, LUA_MASKCOUNT, 1);
        lua_pushliteral(L, "the script ended.");
        hire_lua_push_error(L, "ended", NULL, 1);
        lua_error(L);
    }
    if (!arrived) {
        lua_sethook(L, NULL, 0, 0); /* forgotten since */
        return;
    }
    if (atomic_load(&deferring) > 0) {
        lua_sethook(L, stop, LUA_MASKCOUNT, grace_instructions);
        return;
    }
    if (!unwound) {
        clock_gettime(CLOCK_MONOTONIC, &unwinding);
        unwound = 1;
        lua_sethook(L, stop, LUA_MASKCOUNT, grace_instructions);
    } else if (milliseconds_since(&unwinding) < grace_milliseconds) {
        return;
    } else {
        lua_sethook(L, stop, LUA_MASKCOUNT, 1);
    }
    lua_pushliteral(L, "interrupted.");
    hire_lua_push_error(L, "interrupted", NULL, 1);
    lua_pushstring(L, hire_lua_signal_name(arrived));
    hire_lua_raw_set_field(L, -2, "signal");
    lua_error(L);
}

/* lua_sethook is made to be called from a signal handler. */
static void arm(lua_State *L) {
    if (lua_gethook(L) != stop) lua_sethook(L, stop, LUA_MASKCOUNT, unwound ? grace_instructions : 1);
}

lua_State *hire_lua_enter_thread(lua_State *L) {
    hire_lua_owner *owner = hire_lua_owner_of(L);
    lua_State *outer = owner->running;
    if (!outer) owner->ending = 0;
    owner->running = L;
    if (owner->ending || (arrived && watched == owner)) arm(L);
    return outer;
}

void hire_lua_leave_thread(lua_State *L, lua_State *outer) {
    hire_lua_owner *owner = hire_lua_owner_of(L);
    owner->running = outer;
    if (outer && (owner->ending || (arrived && watched == owner))) arm(outer);
}

void hire_lua_end(lua_State *L) {
    hire_lua_owner *owner = hire_lua_owner_of(L);
    owner->ending = 1;
    if (owner->running) lua_sethook(owner->running, stop, LUA_MASKCOUNT, 1);
}

/* The program stops where it is; whatever it was writing has not got its final name yet. */
static void end_at_once(int number) {
    static const char text[] = "\nhire: stopped at once.\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(128 + number);
}

static void handle(int number) {
    if (!pthread_equal(pthread_self(), home)) {
        /* Only the thread that runs Lua may touch it, and only it may be waiting for input. */
        pthread_kill(home, number);
        return;
    }
    if (arrived) {
        int ends = number == SIGINT || number == SIGTERM || number == SIGHUP;
        if (ends && milliseconds_since(&arrival) >= double_milliseconds) end_at_once(number);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &arrival);
    arrived = number;
    if (watched && watched->running) arm(watched->running);
}

/* Not SA_RESTART: whoever waits for input or for another process has to look at the flag. */
static void install(int number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(number, &action, NULL);
    /* Whoever started the program may have left the signal blocked. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, number);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

void hire_lua_watch_signals(lua_State *L, int all) {
    home = pthread_self();
    watched = hire_lua_owner_of(L);
    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
        struct sigaction present;
        if (i > 0 && !all) break;
        /* nohup asks that this one be ignored. */
        if (stopping[i] == SIGHUP && !sigaction(SIGHUP, NULL, &present) && present.sa_handler == SIG_IGN) continue;
        install(stopping[i], handle);
    }
}

void hire_lua_ignore_signals(void) {
    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
        struct sigaction present;
        if (!sigaction(stopping[i], NULL, &present) && present.sa_handler == handle) install(stopping[i], SIG_DFL);
    }
    watched = NULL;
}

/* A handler, unlike SIG_IGN, is not handed on to the programs that a script starts. */
static void nothing(int number) { (void)number; }

void hire_lua_survive_broken_pipes(void) { install(SIGPIPE, nothing); }

void hire_lua_survive_full_files(void) { install(SIGXFSZ, nothing); }

void hire_lua_defer_interrupts(int change) { atomic_fetch_add(&deferring, change); }

int hire_lua_interrupted(void) { return arrived; }

void hire_lua_clear_interrupt(void) {
    arrived = 0;
    unwound = 0;
}
