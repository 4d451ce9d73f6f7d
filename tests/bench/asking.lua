-- Asks for the lines of a file in turn: an address and, after a tab, what If-None-Match names.
local paths, tags, at = {}, {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, tag = line:match("^([^\t]*)\t?(.*)$")
    paths[#paths + 1] = path
    tags[#paths] = tag ~= "" and {["If-None-Match"] = tag} or nil
  end
  at = tonumber(args[2])
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], tags[at])
end
