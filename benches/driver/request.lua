-- What wrk sends, told by its arguments: method, path, content type, the file of the body, how many at once.
function init(args)
   local method, path, kind, file, times = args[1], args[2], args[3], args[4], tonumber(args[5])
   local headers, body = {}, nil
   if method == "POST" then
      local handle = assert(io.open(file, "rb"))
      body = handle:read("*a")
      handle:close()
      headers["Content-Type"] = kind
   end
   local one = wrk.format(method, path, headers, body)
   all = string.rep(one, times)
end

function request()
   return all
end
