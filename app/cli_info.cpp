// SPDX-License-Identifier: Apache-2.0
// `info`: what a model file holds and what a pass would need, without loading the weights.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_text.h"
#include "core/base/utf8.h"
#include "core/weights/weight_source.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kDefaultTokens = 512;

struct InfoOptions {
    ModelOptions model;
    std::optional<std::string> tokens;
    bool json = false;
};

Json bosJson(const Tokenizer &tokenizer)
{
    const AddedTokenPolicy &policy = tokenizer.addedTokenPolicy();
    const auto token = [&](const std::optional<TokenId> &id) {
        return id ? Json {{"id", id->value}, {"text", tokenizer.piece(*id)}} : Json(nullptr);
    };
    return {{"adds", policy.addBos}, {"token", token(policy.bos)}, {"addsEos", policy.addEos},
        {"eosToken", token(policy.eos)}};
}

std::string bosInWords(const Tokenizer &tokenizer)
{
    const AddedTokenPolicy &policy = tokenizer.addedTokenPolicy();
    const auto named = [&](const std::optional<TokenId> &id) {
        return id ? fmt::format("{} (id {})", quotedText(tokenizer.piece(*id)), id->value)
                  : std::string("no token");
    };
    std::string words = policy.addBos ? named(policy.bos) + " is put before a raw prompt"
                                      : "none is added: position 0 is the prompt's first token";
    if (policy.addEos)
        words += "; " + named(policy.eos) + " is put after it";
    return words;
}

/// How the patterns of a prompt are kept, for text.
const char *precisionInWords(PatternPrecision precision)
{
    switch (precision) {
    case PatternPrecision::Single:
        return "";
    case PatternPrecision::Half:
        return " in half precision (fp16)";
    case PatternPrecision::None:
        return " of one layer at a time";
    }
    return "";
}

/// Their storage type; null where those of one layer alone fit.
Json precisionJson(PatternPrecision precision)
{
    if (precision == PatternPrecision::None)
        return nullptr;
    return precision == PatternPrecision::Half ? "fp16" : "fp32";
}

Json memoryJson(const MemoryEstimate &memory, int tokens, int contextLength)
{
    return {{"tokens", tokens}, {"exceedsContext", tokens > contextLength},
        {"totalBytes", memory.totalBytes()}, {"weightBytes", memory.weightBytes},
        {"programBytes", memory.programBytes}, {"mappedBytes", memory.mappedBytes},
        {"workspaceBytes", memory.workspaceBytes}, {"recordBytes", memory.recordBytes},
        {"patternBytes", memory.patternBytes}, {"patternPrecision", precisionJson(memory.patternPrecision)}};
}

std::string backendsInWords()
{
    const std::string usable = fmt::format(
        "{} (packed uses {})", fmt::join(backendNames(usableGemmBackends()), ", "), packedInstructionSet());
    return amxAbsence().empty() ? usable : fmt::format("{}; no amx: {}", usable, amxAbsence());
}

void printJson(std::ostream &out, const Model &model, const MemoryEstimate &memory, int tokens)
{
    const ModelConfig &config = model.config;
    Json types = Json::array();
    for (const StoredTypeCount &type : model.storedTypes)
        types.push_back({{"type", type.dtype}, {"tensors", type.tensors}});
    const ChatTemplate &chat = model.chatTemplate;
    Json json = {{"arch", config.arch}, {"name", repairUtf8(config.name)}, {"path", repairUtf8(model.path)},
        {"format", model.formatName}, {"layers", config.layerCount}, {"heads", config.headCount},
        {"kvHeads", config.kvHeadCount}, {"headSize", config.headSize}, {"hidden", config.hiddenSize},
        {"feedForward", config.feedForwardSize}, {"vocab", config.vocabularySize},
        {"context", config.contextLength}, {"tiedEmbeddings", config.tiedEmbeddings}, {"fileTypes", types},
        {"bytes", model.fileBytes}, {"tokenizer", repairUtf8(model.tokenizer->kindName())},
        {"bos", bosJson(*model.tokenizer)},
        {"chatTemplate", chat.empty() ? Json(nullptr) : Json(chat.kindName())},
        {"chatDefaultSystem", chat.defaultSystem() ? Json(repairUtf8(*chat.defaultSystem())) : Json(nullptr)},
        {"backends", backendNames(usableGemmBackends())},
        {"backendsBuilt", backendNames(builtGemmBackends())}, {"instructionSet", packedInstructionSet()},
        {"memory", memoryJson(memory, tokens, config.contextLength)}};
    out << json.dump() << '\n';
}

void printText(std::ostream &out, const Model &model, const MemoryEstimate &memory, int tokens)
{
    const ModelConfig &config = model.config;
    std::string types;
    for (const StoredTypeCount &type : model.storedTypes)
        types += fmt::format("{}{} x {}", types.empty() ? "" : ", ", type.tensors, type.dtype);
    TextTable table({});
    table.add({"file", repairUtf8(model.path)});
    table.add({"format", fmt::format("{}, {}", model.formatName, readableBytes(model.fileBytes))});
    table.add({"name", repairUtf8(config.name)});
    table.add({"arch", config.arch});
    table.add({"layers", fmt::format("{}", config.layerCount)});
    table.add({"heads",
        fmt::format(
            "{} query, {} key/value, size {}", config.headCount, config.kvHeadCount, config.headSize)});
    table.add({"hidden", fmt::format("{}, feed-forward {}", config.hiddenSize, config.feedForwardSize)});
    table.add({"vocabulary",
        fmt::format(
            "{} tokens, {} output head", config.vocabularySize, config.tiedEmbeddings ? "tied" : "own")});
    table.add({"context", fmt::format("{} tokens", config.contextLength)});
    table.add({"stored as", types});
    table.add({"tokenizer", repairUtf8(model.tokenizer->kindName())});
    table.add({"initial token", bosInWords(*model.tokenizer)});
    table.add({"chat template", model.chatTemplate.empty() ? "none" : model.chatTemplate.kindName()});
    table.add({"products", backendsInWords()});
    table.add({fmt::format("memory, {} tokens", tokens),
        fmt::format("about {}; of it {} for attention patterns{}", readableBytes(memory.totalBytes()),
            readableBytes(memory.patternBytes), precisionInWords(memory.patternPrecision))});
    table.print(out);
}

void runInfo(const InfoOptions &options, const CommandContext &context)
{
    const std::int64_t tokens =
        options.tokens ? parseInteger("--tokens", *options.tokens, {1, 10'000'000}) : kDefaultTokens;
    const auto model = describeModel(resolveModelPath(options.model.model, context.environment));
    LoadOptions load = usualLoadOptions(*model->weights.source);
    load.expandedBudgetBytes = loadOptions(options.model, load.backend).expandedBudgetBytes;
    const MemoryEstimate memory =
        estimateMemory(model->config, model->fileBytes, load, static_cast<int>(tokens));
    const auto print = options.json ? printJson : printText;
    print(context.out, *model, memory, static_cast<int>(tokens));
    // The default may be more than a small model reads; that is nobody's request.
    if (options.tokens && tokens > model->config.contextLength)
        context.err << fmt::format(
            "sinkscope-cli: note: {} tokens are more than the context of this model, {}: the "
            "estimate is of a prompt that it does not read.\n",
            tokens, model->config.contextLength);
}

} // namespace

CommandAction addInfoCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<InfoOptions>();
    CLI::App *command =
        program.add_subcommand("info", "what a model file holds, and the memory a pass would need");
    addModelArgument(*command, options->model, ModelArgument::Required);
    addValue(*command, "--tokens", options->tokens, values,
        {"N", "estimate the memory of a prompt of N tokens (512)"});
    addMemoryOption(*command, options->model, values);
    addJsonFlag(*command, options->json);
    command->footer("\nExamples:\n  sinkscope-cli info default\n"
                    "  sinkscope-cli info model.gguf --tokens 2048 --json");
    return [options](const CommandContext &context) { runInfo(*options, context); };
}

} // namespace sinkscope
