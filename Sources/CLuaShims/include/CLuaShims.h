/* Shims over Lua, filled by the scripting layer. */
