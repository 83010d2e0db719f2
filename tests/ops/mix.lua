-- For wrk: 60% lists of 50, 20% single tasks, 20% changes, of the tasks whose
-- ids are given: wrk -s mix.lua URL -- PAUSE TOKEN ID...
-- PAUSE is the time before each request of a connection, in milliseconds.
-- Prints one line of JSON about the answers.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init(arguments)
    headers = {
        ["Authorization"] = "Bearer " .. arguments[2],
        ["Content-Type"] = "application/json",
    }
    local pause = tonumber(arguments[1])
    if pause > 0 then
        delay = function() return pause end
    end
    ids = { unpack(arguments, 3) }
    sent, good, shed, other = 0, 0, 0, 0
end

function request()
    sent = sent + 1
    local id = ids[sent % #ids + 1]
    if sent % 5 == 1 then
        return wrk.format("GET", "/api/tasks/" .. id, headers)
    end
    if sent % 5 == 2 then
        local body = '{"notes":"' .. sent .. '"}'
        return wrk.format("PATCH", "/api/tasks/" .. id, headers, body)
    end
    return wrk.format("GET", "/api/tasks?limit=50", headers)
end

function response(status, answered)
    if status == 200 then
        good = good + 1
    elseif status == 503 and answered["Retry-After"] then
        shed = shed + 1
    else
        other = other + 1
    end
end

function done(summary, latency)
    local total = { good = 0, shed = 0, other = 0 }
    for _, thread in ipairs(threads) do
        for name, count in pairs(total) do
            total[name] = count + thread:get(name)
        end
    end
    local errors = summary.errors
    io.write(string.format(
        '{"seconds":%f,"good":%d,"shed":%d,"other":%d,"broken":%d,' ..
        '"late":%d,"p50_ms":%f,"p99_ms":%f}\n',
        summary.duration / 1e6, total.good, total.shed, total.other,
        errors.connect + errors.read + errors.write, errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
