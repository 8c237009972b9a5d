-- Asks for the front page: always the same, or each time with a query string that nobody has asked with.
local counter = 0
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    mode, cookie, round = arguments[1], arguments[2], arguments[3]
    headers = {}
    if cookie ~= "" then
        headers["Cookie"] = cookie
    end
    same = wrk.format("GET", "/", headers)
end

function request()
    if mode == "same" then
        return same
    end
    counter = counter + 1
    return wrk.format("GET", "/?n=" .. round .. "-" .. number .. "-" .. counter, headers)
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write("bench-requests=", summary.requests, "\n")
    io.write("bench-us=", summary.duration, "\n")
    io.write("bench-errors=", errors.connect + errors.read + errors.write + errors.status + errors.timeout, "\n")
    io.write("bench-p50=", latency:percentile(50), "\n")
    io.write("bench-p99=", latency:percentile(99), "\n")
end
