// SPDX-License-Identifier: Apache-2.0
// The record is one small JSON file.
#include "app/cli_verification.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/version.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace sinkscope {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char *kNotVerified =
    "not verified by this program on this machine; sinkscope-cli verify does it";

fs::path recordPath(const std::string &stateFolder)
{
    return fs::path(stateFolder) / "verified.json";
}

/// What must be the same for an outcome to count.
Json circumstances(const fs::path &model, GemmBackend backend)
{
    return {{"path", fs::canonical(model).string()}, {"bytes", fs::file_size(model)},
        {"modified", fs::last_write_time(model).time_since_epoch().count()}, {"version", kVersion},
        {"backend", gemmBackendName(backend)}, {"instructionSet", packedInstructionSet()}};
}

/// The entries kept so far; none when the file is absent or damaged.
Json readEntries(const std::string &stateFolder)
{
    std::ifstream file(recordPath(stateFolder));
    Json entries = Json::parse(file, nullptr, false);
    return entries.is_array() ? entries : Json::array();
}

bool isOf(const Json &entry, const Json &wanted)
{
    return entry.is_object() && entry.value("of", Json()) == wanted;
}

/// Whether `entry` is replaced by one of `wanted`, or is of a file that is gone.
bool isOutdated(const Json &entry, const Json &wanted)
{
    const Json of = entry.is_object() ? entry.value("of", Json()) : Json();
    if (!of.is_object() || !of.contains("path") || !of["path"].is_string() || !of.contains("backend"))
        return true;
    std::error_code ignored;
    return !fs::exists(of["path"].get<std::string>(), ignored)
        || (of["path"] == wanted["path"] && of["backend"] == wanted["backend"]);
}

void writeEntries(const std::string &stateFolder, const Json &entries)
{
    std::error_code ignored; // the file says what is wrong with its folder
    fs::create_directories(stateFolder, ignored);
    const std::string path = recordPath(stateFolder).string();
    try {
        AtomicFile file(path);
        file.append(entries.dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
        file.commit();
    } catch (const Error &error) {
        throw Error({.what = "the outcome of the checks cannot be kept",
            .file = path,
            .given = error.parts().given,
            .wayOut = "Make the folder writable; exports will say \"not verified\" until then"});
    }
}

std::string outcome(const Json &entry)
{
    const Json &of = entry.at("of");
    const std::string failed = entry.at("failed").get<std::string>();
    return fmt::format("{} on {}: {} checks of sinkscope {}, backend {}, {}{}; file sha256 {}",
        failed.empty() ? "passed" : "FAILED", entry.at("date").get<std::string>(),
        entry.at("checks").get<int>(), of.at("version").get<std::string>(),
        of.at("backend").get<std::string>(), of.at("instructionSet").get<std::string>(),
        failed.empty() ? "" : "; not held: " + failed, entry.at("sha256").get<std::string>());
}

} // namespace

void keepVerification(const std::string &stateFolder, const std::string &modelPath, GemmBackend backend,
    const VerifyReport &report)
{
    const Json of = circumstances(modelPath, backend);
    Json kept = Json::array();
    for (const Json &entry : readEntries(stateFolder))
        if (!isOutdated(entry, of))
            kept.push_back(entry);
    const auto ran = std::count_if(report.checks.begin(), report.checks.end(),
        [](const VerifyCheck &check) { return !check.skipped(); });
    kept.push_back({{"of", of}, {"sha256", report.sha256}, {"checks", ran}, {"failed", report.failedNames()},
        {"date", fmt::format("{:%F}", fmt::gmtime(std::time(nullptr)))}});
    writeEntries(stateFolder, kept);
}

std::string verificationLine(
    const std::string &stateFolder, const std::string &modelPath, GemmBackend backend) noexcept
try {
    const Json of = circumstances(modelPath, backend);
    for (const Json &entry : readEntries(stateFolder))
        if (isOf(entry, of))
            return outcome(entry);
    return kNotVerified;
} catch (const std::exception &) {
    return kNotVerified;
}

} // namespace sinkscope
