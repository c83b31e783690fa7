import HireFiles
import HireVLM

extension LuaFunction {
    /// The function's bytecode, what it reaches outside itself, and the files of modules that the script has required so far.
    public func sources() throws -> ScriptSources {
        guard let state, !state.isClosed else { return ScriptSources() }
        let results = try state.load(LuaFunction.lister, name: "=sources").call([.function(self)])
        var sources = ScriptSources()
        if case .string(let code)? = results.first, !code.isEmpty {
            sources.function = SHA256.hex(of: code.utf8)
        }
        for (name, path) in LuaFunction.texts(results, 1) {
            sources.modules[name] = try SHA256.hex(ofFile: path, in: SystemFileSystem())
        }
        for (name, text) in LuaFunction.texts(results, 2) {
            sources.values[name] =
                text.utf8.count > 64 ? "sha256 \(SHA256.hex(of: text.utf8))" : text
        }
        return sources
    }

    private static func texts(_ results: [ScriptValue], _ place: Int) -> [(String, String)] {
        guard results.count > place, case .table(let fields) = results[place] else { return [] }
        return fields.compactMap { name, value in
            guard case .string(let text) = value else { return nil }
            return (name, text)
        }
    }

    /// Code is passed as hexadecimal digits, for it is no text.
    ///
    /// Everything is listed in the order of names: the order of a table's keys differs from process to process. A global
    /// counts if its name is a constant of the code (a length byte stands before it).
    private static let lister = #"""
        local f = ...
        local loaded, seen, left = {}, {}, 200000
        for name, module in pairs(package and package.loaded or {}) do loaded[module] = tostring(name) end
        local function code(f)
          local good, text = pcall(string.dump, f, true)
          return good and text or nil
        end
        local function hex(text)
          return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
        end
        local function reached(f, text)
          local names, values = {}, {}
          local function put(name, value)
            if values[name] == nil then names[#names + 1] = name end
            values[name] = value
          end
          for number = 1, debug and debug.getupvalue and 255 or 0 do
            local name, value = debug.getupvalue(f, number)
            if not name then break end
            if name ~= "_ENV" then
              put(name, value)
            elseif type(value) == "table" then
              for key, item in next, value do
                if type(key) == "string" and #key < 126 and not loaded[item]
                  and text:find(string.char(#key + 129) .. key, 1, true)
                  and not (type(item) == "function" and not code(item)) then
                  put(key, item)
                end
              end
            end
          end
          table.sort(names)
          return names, values
        end
        local show
        local function fields(t, depth)
          local keys, parts = {}, {}
          for key in next, t do
            left = left - 1
            local kind = type(key)
            if left > 0 and (kind == "string" or kind == "number" or kind == "boolean") then
              keys[#keys + 1] = { show(key, depth), key }
            end
          end
          table.sort(keys, function(a, b) return a[1] < b[1] end)
          for _, pair in ipairs(keys) do
            parts[#parts + 1] = pair[1] .. "=" .. show(rawget(t, pair[2]), depth + 1)
          end
          return "{" .. table.concat(parts, ",") .. "}"
        end
        function show(value, depth)
          local kind = type(value)
          if kind == "number" then
            return math.type(value) == "integer" and ("%d"):format(value) or ("float %.17g"):format(value)
          elseif kind == "string" then
            return ("%q"):format(value):gsub("[^\32-\126]", function(c) return ("\\x%02x"):format(c:byte()) end)
          elseif kind == "nil" or kind == "boolean" then
            return tostring(value)
          elseif loaded[value] then
            return "module " .. loaded[value]
          elseif kind ~= "table" and kind ~= "function" or depth > 8 then
            return kind
          elseif seen[value] then
            return kind .. " from before"
          end
          seen[value] = true
          if kind == "table" then return fields(value, depth) end
          local text = code(value)
          if not text then return kind end
          local parts = { "function " .. hex(text) }
          local names, values = reached(value, text)
          for _, name in ipairs(names) do parts[#parts + 1] = name .. "=" .. show(values[name], depth + 1) end
          return table.concat(parts, ",")
        end
        local text, values, modules = code(f), {}, {}
        seen[f] = true
        if text then
          local names, found = reached(f, text)
          for _, name in ipairs(names) do values[name] = (show(found[name], 1)) end
        end
        if package and package.searchpath then
          for name in pairs(package.loaded) do
            local path = type(name) == "string" and package.searchpath(name, package.path)
            if path then modules[name] = path end
          end
        end
        return text and hex(text) or "", modules, values
        """#
}
