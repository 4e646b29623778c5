// SPDX-License-Identifier: Apache-2.0
// Declares the shared options and reads what they name.
#include "app/cli_options.h"

#include "core/base/byte_size.h"
#include "core/base/utf8.h"
#include "core/intervention/interop.h"
#include "core/intervention/intervention_json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>

namespace sinkscope {

namespace {

// No model reads a prompt of this length, and no person writes as many edits.
constexpr std::size_t kLargestFile = std::size_t {256} << 20;
constexpr std::size_t kPieceOfAFile = std::size_t {1} << 16;

/// All of `file`, or nothing where it goes on past kLargestFile: a device may have no end.
std::optional<std::string> readWithinBound(std::istream &file)
{
    std::string text;
    std::string piece(kPieceOfAFile, '\0');
    do {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        text.append(piece, 0, static_cast<std::size_t>(file.gcount()));
        if (text.size() > kLargestFile)
            return std::nullopt;
    } while (file);
    return text;
}

/// The whole file, bytes verbatim.
std::string readFile(const std::string &path, const std::string &option)
{
    const std::string wayOut = fmt::format("Give {} the path of a readable file", option);
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        throw Error({.what = "this is a folder, not a file", .file = path, .wayOut = wayOut});
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::optional<std::string> text = readWithinBound(file);
    if (!text)
        throw Error({.what = "the file is too long",
            .file = path,
            .given = fmt::format("more than {} bytes", kLargestFile),
            .expected = fmt::format("at most {}", kLargestFile),
            .wayOut = wayOut});
    if (!file.is_open() || file.bad())
        throw Error({.what = "the file cannot be read",
            .file = path,
            .given = errno != 0 ? std::string(std::strerror(errno)) : std::string {},
            .wayOut = wayOut});
    return std::move(*text);
}

void requireUtf8(std::string_view text, const std::string &file, const std::string &option)
{
    const std::size_t at = firstInvalidUtf8(text);
    if (at == std::string_view::npos)
        return;
    throw RequestError({.what = "the text is not valid UTF-8",
        .file = file,
        .place = fmt::format("{}, byte {}", option, at),
        .given = fmt::format("byte 0x{:02X}", static_cast<unsigned>(static_cast<unsigned char>(text[at]))),
        .expected = "UTF-8 text",
        .wayOut = "Convert the text to UTF-8, for example with iconv"});
}

} // namespace

void addValue(CLI::App &command, const std::string &name, std::optional<std::string> &target,
    const ArgumentValues &values, ValueHelp help)
{
    command
        .add_option_function<std::string>(
            name, [&target, &values](const std::string &key) { target = values.value(key); }, help.text)
        ->type_name(help.form);
}

void addModelArgument(CLI::App &command, ModelOptions &options, ModelArgument argument)
{
    const bool required = argument == ModelArgument::Required;
    if (!required)
        options.model = "default";
    command
        .add_option("MODEL", options.model,
            required ? "model file (GGUF), or the word default" : "model file (GGUF); left out: default")
        ->type_name("")
        ->required(required);
}

void addComputeOptions(CLI::App &command, ModelOptions &options, const ArgumentValues &values)
{
    addValue(command, "--threads", options.threads, values,
        {"N", "compute threads (one a processor when left out); results do not depend on it"});
    addValue(command, "--backend", options.backend, values,
        {"NAME",
            "who multiplies: amx (tile unit), packed (our kernel) or blas (OpenBLAS); the best one when left "
            "out"});
    addMemoryOption(command, options, values);
}

void addMemoryOption(CLI::App &command, ModelOptions &options, const ArgumentValues &values)
{
    addValue(command, "--memory", options.memory, values,
        {"SIZE",
            "memory for prepared weights, as 512MiB or 1.5GiB (4GiB when left out); what does not fit is "
            "read "
            "from the file in each product, which is slower"});
}

void addPromptOptions(
    CLI::App &command, PromptOptions &options, const ArgumentValues &values, IdsOption idsOption)
{
    addValue(command, "--text", options.text, values, {"S", "the prompt, bytes verbatim"});
    addValue(
        command, "--text-file", options.textFile, values, {"FILE", "the prompt from a file, bytes verbatim"});
    options.idsOption = idsOption;
    if (idsOption == IdsOption::Offered)
        addValue(command, "--ids", options.ids, values, {"1,2,3", "the prompt as token ids"});
    command.add_flag("--chat", options.chat,
        "wrap the text as the user's turn of a conversation, with the model's template");
    addValue(command, "--system", options.system, values, {"S", "with --chat: the system message"});
}

void addEditOptions(CLI::App &command, EditOptions &options, const ArgumentValues &values)
{
    addValue(command, "--edits", options.file, values,
        {"FILE", "edits as JSON, CSV, {layer: {head: gamma}} or PASTA's head_config, applied before --edit"});
    addValue(command, "--edits-gamma", options.headConfigGamma, values,
        {"G", "the factor of the heads of a head_config, which holds none"});
    command
        .add_option_function<std::vector<std::string>>(
            "--edit",
            [&options, &values](const std::vector<std::string> &keys) {
                for (const std::string &key : keys)
                    options.specs.push_back(values.value(key));
            },
            "scale the attention to the initial token in all rows: L15H3=0.3, L15=2, L10-19H0,4=0.5, "
            "all=1.5; "
            "may be given several times, later ones override earlier ones and the same edit of --edits")
        ->type_name("SPEC")
        ->allow_extra_args(false);
}

void addJsonFlag(CLI::App &command, bool &json)
{
    command.add_flag("--json", json, "print one JSON object");
}

PromptSpec readPromptSpec(const PromptOptions &options)
{
    const int given =
        int(options.text.has_value()) + int(options.textFile.has_value()) + int(options.ids.has_value());
    if (given != 1) {
        const char *ways =
            options.idsOption == IdsOption::Offered ? "--text, --text-file, --ids" : "--text, --text-file";
        throw UsageError({.what = given == 0 ? "there is no prompt" : "the prompt is given more than once",
            .given = given == 0 ? fmt::format("none of {}", ways) : fmt::format("{} of {}", given, ways),
            .expected = "exactly one of them"});
    }
    if (options.system && !options.chat)
        throw UsageError({.what = "--system belongs to a conversation", .expected = "--chat beside it"});
    if (options.ids && options.chat)
        throw UsageError({.what = "--chat wraps text, token ids are read as they are",
            .given = "--ids and --chat",
            .expected = "--text or --text-file with --chat"});
    PromptSpec spec;
    spec.form = options.chat ? PromptForm::Chat : PromptForm::Raw;
    if (options.ids) {
        spec.ids = parseTokenIds("--ids", *options.ids);
        return spec;
    }
    spec.text = options.text ? *options.text : readFile(*options.textFile, "--text-file");
    requireUtf8(spec.text, options.textFile.value_or(""), options.text ? "--text" : "--text-file");
    if (spec.text.empty())
        throw RequestError({.what = "the prompt is empty",
            .file = options.textFile.value_or(""),
            .place = options.text ? "--text" : "--text-file",
            .expected = "at least one character",
            .wayOut = "Give a text to --text or a file with one to --text-file"});
    if (options.system)
        requireUtf8(*options.system, "", "--system");
    spec.system = options.system;
    return spec;
}

namespace {

Intervention readEditsFile(const EditOptions &options, const HeadGrid &grid)
{
    const std::string text = readFile(*options.file, "--edits");
    std::optional<double> gamma;
    if (options.headConfigGamma)
        gamma = parseNumber("--edits-gamma", *options.headConfigGamma);
    else if (editsFormOf(text) == EditsForm::HeadConfig)
        throw UsageError({.what = "a head_config names heads and no factor",
            .file = *options.file,
            .expected = "--edits-gamma G beside it"});
    Intervention intervention = interventionFromAnyForm(text, *options.file, grid, gamma);
    try {
        intervention.validate(grid);
    } catch (const RequestError &error) {
        ErrorParts parts = error.parts();
        parts.file = *options.file;
        throw RequestError(parts);
    }
    return intervention;
}

/// Stored keys are shared by the heads of a group: says which ones an edit moves.
void noteSharedKeys(const Intervention &intervention, const HeadGrid &grid, std::ostream &notes)
{
    for (const HeadEdit &edit : intervention.edits()) {
        if (edit.kind != EditKind::KeyShared || !edit.hasEffect())
            continue;
        std::vector<std::int32_t> heads;
        for (const HeadIndex head : headsMovingWith(edit, grid))
            heads.push_back(head.value);
        notes << fmt::format(
            "sinkscope-cli: note: keyShared is an experiment; at L{}H{} it moves the heads {} "
            "together, in all query rows.\n",
            edit.head.layer.value, edit.head.head.value, fmt::join(heads, ", "));
    }
}

} // namespace

Intervention readEdits(const EditOptions &options, const HeadGrid &grid, std::ostream &notes)
{
    Intervention intervention;
    if (options.file)
        intervention = readEditsFile(options, grid);
    else if (options.headConfigGamma)
        throw UsageError({.what = "--edits-gamma is the factor of a head_config",
            .given = "no --edits",
            .expected = "--edits FILE beside it"});
    for (const std::string &spec : options.specs) {
        try {
            applyEditSpec(intervention, spec, grid);
        } catch (const SyntaxError &error) {
            throw UsageError(error.parts());
        }
    }
    noteSharedKeys(intervention, grid, notes);
    return intervention;
}

GemmBackend chosenBackend(const ModelOptions &options)
{
    const std::vector<GemmBackend> usable = usableGemmBackends();
    if (!options.backend) {
        if (usable.empty())
            throw Error({.what = "no way of multiplying matrices gives right results on this processor"});
        return usable.front();
    }
    const std::optional<GemmBackend> wanted = gemmBackendByName(*options.backend);
    if (!wanted)
        throw UsageError({.what = "--backend names no way of multiplying",
            .given = *options.backend,
            .expected = "amx, packed or blas"});
    if (std::find(usable.begin(), usable.end(), *wanted) == usable.end()) {
        const bool isAbsent = *wanted == GemmBackend::Amx && !amxAbsence().empty();
        throw Error({.what = isAbsent ? "this way of multiplying is not available here: " + amxAbsence()
                                      : "this way of multiplying gives wrong results on this processor",
            .given = "--backend " + *options.backend,
            .expected = fmt::format("one of {}", fmt::join(backendNames(usable), ", ")),
            .wayOut = "Leave --backend out to use the best of them"});
    }
    return *wanted;
}

std::vector<std::string> backendNames(const std::vector<GemmBackend> &backends)
{
    std::vector<std::string> names;
    names.reserve(backends.size());
    for (const GemmBackend backend : backends)
        names.emplace_back(gemmBackendName(backend));
    return names;
}

int threadCount(const ModelOptions &options)
{
    return options.threads ? static_cast<int>(parseInteger("--threads", *options.threads, {1, 1024})) : 0;
}

LoadOptions loadOptions(const ModelOptions &options, GemmBackend backend)
{
    LoadOptions load {.backend = backend};
    if (!options.memory)
        return load;
    const std::optional<std::uint64_t> bytes = parseByteSize(*options.memory);
    if (!bytes)
        throw UsageError({.what = "--memory is no amount of memory",
            .given = *options.memory,
            .expected = "a number with a unit: 512MiB, 1.5GiB (without one it is MiB)"});
    load.expandedBudgetBytes = static_cast<std::size_t>(*bytes);
    return load;
}

} // namespace sinkscope
