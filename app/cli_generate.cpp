// SPDX-License-Identifier: Apache-2.0
// `generate`: text after the prompt, greedy or sampled, under edits.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "core/base/utf8.h"
#include "core/model/generate.h"
#include "core/model/prepare_edits.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <limits>
#include <memory>
#include <ostream>

namespace sinkscope {

namespace {

struct GenerateOptions {
    ModelOptions model;
    PromptOptions prompt;
    EditOptions edits;
    std::optional<std::string> maxNew;
    std::optional<std::string> temperature;
    std::optional<std::string> topP;
    std::optional<std::string> topK;
    std::optional<std::string> seed;
    bool json = false;
};

SamplingOptions readSampling(const GenerateOptions &options)
{
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    SamplingOptions sampling;
    if (options.maxNew)
        sampling.maxNewTokens = static_cast<int>(parseInteger("--max-new", *options.maxNew, {1, kMost}));
    if (options.temperature)
        sampling.temperature = parseNumber("--temperature", *options.temperature);
    if (sampling.temperature < 0.0)
        throw UsageError({.what = "the value of --temperature cannot be used",
            .given = *options.temperature,
            .expected = "0 (greedy) or more"});
    if (options.topP)
        sampling.topP = parseNumber("--top-p", *options.topP);
    if (!(sampling.topP > 0.0 && sampling.topP <= 1.0))
        throw UsageError({.what = "the value of --top-p cannot be used",
            .given = *options.topP,
            .expected = "a number above 0, at most 1 (1 keeps all tokens)"});
    if (options.topK)
        sampling.topK = static_cast<int>(parseInteger("--top-k", *options.topK, {0, kMost}));
    if (options.seed)
        sampling.seed = static_cast<std::uint64_t>(
            parseInteger("--seed", *options.seed, {0, std::numeric_limits<std::int64_t>::max()}));
    return sampling;
}

/// Writes text token by token: a character whose bytes come in several tokens waits for all of them.
class TextStream {
public:
    TextStream(std::ostream &out, const Tokenizer &tokenizer)
        : m_out(out)
        , m_tokenizer(tokenizer)
    {
    }

    void add(TokenId id)
    {
        if (m_tokenizer.endsGeneration(id))
            return;
        m_pending += m_tokenizer.tokenBytes(id);
        const std::size_t complete = completeUtf8Prefix(m_pending);
        m_out << repairUtf8(std::string_view(m_pending).substr(0, complete)) << std::flush;
        m_pending.erase(0, complete);
    }

    void finish() { m_out << repairUtf8(m_pending) << '\n'; }

private:
    std::ostream &m_out;
    const Tokenizer &m_tokenizer;
    std::string m_pending;
};

std::string resultJson(
    const std::vector<TokenId> &ids, const SamplingOptions &sampling, const Tokenizer &tokenizer)
{
    nlohmann::ordered_json json;
    json["ids"] = nlohmann::ordered_json::array();
    for (const TokenId id : ids)
        json["ids"].push_back(id.value);
    std::vector<TokenId> shown = ids;
    if (!shown.empty() && tokenizer.endsGeneration(shown.back()))
        shown.pop_back();
    json["text"] = repairUtf8(tokenizer.decode(shown));
    json["finish"] = finishName(ids, sampling.maxNewTokens, tokenizer);
    return json.dump();
}

/// Options that choose among tokens do nothing where the most likely one is always taken.
void noteUnusedSampling(const GenerateOptions &options, const SamplingOptions &sampling, std::ostream &err)
{
    if (sampling.temperature == 0.0 && (options.topK || options.topP || options.seed))
        err << "note: --top-k, --top-p and --seed act only with a --temperature above 0; without it the most "
               "likely token is taken\n";
}

void runGenerate(const GenerateOptions &options, const CommandContext &context)
{
    const PromptSpec spec = readPromptSpec(options.prompt);
    const SamplingOptions sampling = readSampling(options);
    noteUnusedSampling(options, sampling, context.err);
    const int threads = threadCount(options.model);
    const GemmBackend backend = chosenBackend(options.model);
    const LoadOptions load = loadOptions(options.model, backend);
    const std::string path = resolveModelPath(options.model.model, context.environment);
    const Intervention asked = readEdits(options.edits, headGridOf(path), context.err);

    warnOfMemory(path, load, context.err);
    Session session(path, threads, load);
    const TokenizedPrompt prompt = tokenizePrompt(session.model(), spec);
    const Intervention edits =
        prepareEdits(session.transformer(), asked, prompt.ids, nullptr, StopToken {}).value();
    PassRequest pass;
    pass.tokens = prompt.ids;
    pass.intervention = &edits;
    pass.capture.patternBudgetBytes = 0;
    const auto result = session.run(pass);
    const Tokenizer &tokenizer = *session.model().tokenizer;
    if (options.json) {
        const std::vector<TokenId> ids =
            generate(session.transformer(), *result, &edits, sampling, StopToken {});
        context.out << resultJson(ids, sampling, tokenizer) << '\n';
        return;
    }
    TextStream stream(context.out, tokenizer);
    generate(
        session.transformer(), *result, &edits, sampling, StopToken {}, [&](TokenId id) { stream.add(id); });
    stream.finish();
}

constexpr const char *kGenerateFooter = R"(
Text appears as it is generated; the end token is not shown. Generation ends after an end token, after --max-new
tokens or at the model's context length. Temperature 0 takes the most likely token each time; --top-k and --top-p
matter only above 0. The same seed gives the same text.

Examples:
  sinkscope-cli generate default --text "The cat sat on the" --max-new 20
  sinkscope-cli generate default --chat --text "Name three rivers." --edit all=1.2
  sinkscope-cli generate default --text "Once" --temperature 0.8 --top-p 0.95 --seed 7 --json)";

} // namespace

CommandAction addGenerateCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<GenerateOptions>();
    CLI::App *command =
        program.add_subcommand("generate", "text after the prompt, greedy or sampled, under edits");
    addModelArgument(*command, options->model, ModelArgument::Required);
    addPromptOptions(*command, options->prompt, values, IdsOption::Offered);
    addEditOptions(*command, options->edits, values);
    addValue(*command, "--max-new", options->maxNew, values, {"N", "at most N new tokens (64)"});
    addValue(*command, "--temperature", options->temperature, values, {"T", "0 is greedy (0)"});
    addValue(*command, "--top-p", options->topP, values,
        {"P", "keep the likeliest tokens with this total probability (1)"});
    addValue(
        *command, "--top-k", options->topK, values, {"K", "keep the K likeliest tokens; 0 keeps all (0)"});
    addValue(*command, "--seed", options->seed, values, {"S", "start of the random numbers (0)"});
    addComputeOptions(*command, options->model, values);
    addJsonFlag(*command, options->json);
    command->footer(kGenerateFooter);
    return [options](const CommandContext &context) { runGenerate(*options, context); };
}

} // namespace sinkscope
