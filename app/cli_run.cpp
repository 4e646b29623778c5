// SPDX-License-Identifier: Apache-2.0
// `run`: attention, output and answers of a prompt, without and with edits.
#include "app/cli_run.h"

#include "app/cli_command_list.h"
#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_verification.h"
#include "core/base/atomic_file.h"
#include "core/base/utf8.h"
#include "core/base/version.h"
#include "core/intervention/intervention_json.h"
#include "core/model/generate.h"
#include "core/model/prepare_edits.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <ostream>

namespace sinkscope {

namespace {

constexpr int kDefaultTop = 20;
constexpr std::int64_t kMostTokens = 10'000'000;

/// The command line as typed.
struct RunOptions {
    ModelOptions model;
    PromptOptions prompt;
    EditOptions edits;
    std::optional<std::string> answers;
    std::optional<std::string> top;
    std::optional<std::string> greedy;
    std::optional<std::string> exportPath;
    std::optional<std::string> patterns;
    std::optional<std::string> position;
    bool lens = false;
    bool allLogits = false;
    bool json = false;
};

/// The command line as read: nothing in it depends on the model.
struct RunRequest {
    PromptSpec prompt;
    std::vector<std::string> answers;
    int top = kDefaultTop;
    int greedy = 0; ///< 0: none
    std::optional<int> position; ///< -1: the last
    LensLayers layers = LensLayers::Last;
    std::vector<LayerIndex> patterns;
    GemmBackend backend = GemmBackend::Packed;
    LoadOptions load;
    int threads = 0;
};

RunRequest readRequest(const RunOptions &options)
{
    RunRequest request;
    request.prompt = readPromptSpec(options.prompt);
    request.threads = threadCount(options.model);
    request.backend = chosenBackend(options.model);
    request.load = loadOptions(options.model, request.backend);
    if (options.answers)
        request.answers = parseAnswers(*options.answers);
    if (options.top)
        request.top = static_cast<int>(parseInteger("--top", *options.top, {0, kMostTokens}));
    if (options.greedy)
        request.greedy = static_cast<int>(parseInteger("--greedy", *options.greedy, {1, kMostTokens}));
    if (options.position)
        request.position = static_cast<int>(parseInteger("--position", *options.position, {0, kMostTokens}));
    if (options.lens) {
        request.layers = LensLayers::All;
        request.position = request.position.value_or(-1);
    }
    if (options.patterns)
        request.patterns = parseLayers("--patterns", *options.patterns);
    if (!options.exportPath && (options.patterns || options.allLogits))
        throw UsageError({.what = fmt::format("{} says what an export holds",
                              options.patterns ? "--patterns" : "--all-logits"),
            .given = "no export",
            .expected = "--export FILE.safetensors beside it"});
    return request;
}

void requireLayers(const std::vector<LayerIndex> &layers, const HeadGrid &grid)
{
    for (const LayerIndex layer : layers)
        if (layer.value >= grid.layerCount)
            throw RequestError({.what = "--patterns names a layer that does not exist",
                .given = fmt::format("layer {}", layer.value),
                .expected = fmt::format("0 to {}", grid.layerCount - 1)});
}

void requireExportTarget(const std::string &path, const std::string &modelPath)
{
    requireWritableTarget(path);
    std::error_code ignored;
    if (std::filesystem::equivalent(path, modelPath, ignored))
        throw Error({.what = "the export would replace the model file",
            .file = path,
            .wayOut = "Choose another path to export to"});
}

/// Passes and figures of one run. Owner: runRun. Threads: one.
class Runner {
public:
    Runner(Session &session, const RunRequest &request, LogitRows logitRows)
        : m_session(session)
        , m_request(request)
        , m_prompt(tokenizePrompt(session.model(), request.prompt))
    {
        m_capture.patternBudgetBytes = 0; // only what was asked for
        m_capture.patternLayers = request.patterns;
        m_capture.logitRows = logitRows;
    }

    RunReport run(const std::optional<Intervention> &edits)
    {
        if (edits)
            edits->validate(m_session.model().config.headGrid(), static_cast<int>(m_prompt.ids.size()));
        RunReport report;
        if (m_request.position)
            report.position = positionAsked();
        report.baseline = measure(nullptr, nullptr);
        if (edits) {
            const Intervention prepared = prepareEdits(
                m_session.transformer(), *edits, m_prompt.ids, report.baseline.pass, StopToken {})
                                              .value();
            report.edited = measure(&prepared, report.baseline.pass);
            if (report.position)
                readOut(*report.position, *report.edited, &prepared);
        }
        if (report.position)
            readOut(*report.position, report.baseline, nullptr);
        report.prompt = std::move(m_prompt);
        return report;
    }

private:
    PassReport measure(const Intervention *edits, const std::shared_ptr<const PassResult> &baseline)
    {
        PassRequest pass;
        pass.tokens = m_prompt.ids;
        pass.intervention = edits;
        pass.capture = m_capture;
        // What lies below the lowest edited layer is the baseline's, bit by bit. Edits that change nothing
        // have no such layer and are computed in full.
        if (const auto lowest = edits ? edits->lowestLayer() : std::nullopt; lowest && baseline) {
            pass.restartFrom = baseline;
            pass.restartLayer = *lowest;
        }
        PassReport report;
        report.pass = m_session.run(pass);
        const std::vector<double> logProbabilities = logSoftmax(report.pass->logitsLast);
        const Tokenizer &tokenizer = *m_session.model().tokenizer;
        report.output.entropyNats = entropyNats(logProbabilities);
        report.output.top = topTokens(logProbabilities, topCount(logProbabilities.size()), tokenizer);
        report.output.answers = scoreAnswers(m_session.transformer(),
            {.prompt = m_prompt,
                .pass = *report.pass,
                .logProbabilitiesLast = logProbabilities,
                .answers = m_request.answers,
                .intervention = edits},
            StopToken {})
                                    .value();
        report.heads = headMetrics(report.pass->layers);
        if (m_request.greedy > 0)
            report.greedy = continueGreedily(*report.pass, edits);
        return report;
    }

    RunPosition positionAsked() const
    {
        const auto tokens = static_cast<int>(m_prompt.ids.size());
        RunPosition asked;
        asked.position = TokenPos(*m_request.position < 0 ? tokens - 1 : *m_request.position);
        asked.layers = m_request.layers;
        if (asked.position.value + 1 < tokens)
            asked.next = m_prompt.ids[asked.position.asSize() + 1];
        if (asked.next)
            asked.followed.push_back(*asked.next);
        for (const std::string &answer : m_request.answers) {
            const std::vector<TokenId> ids =
                m_session.model().tokenizer->encode(answer, SpecialTokens::Recognise, AddedTokens::None);
            if (!ids.empty()) // else scoring refuses it
                asked.followed.push_back(ids.front());
        }
        return asked;
    }

    void readOut(const RunPosition &asked, PassReport &report, const Intervention *edits)
    {
        PositionRequest request;
        request.pass = report.pass.get();
        request.intervention = edits;
        request.position = asked.position;
        request.layers = asked.layers;
        request.topCount = m_request.top;
        request.followed = asked.followed;
        report.position = positionFigures(m_session.transformer(), request, StopToken {}).value();
    }

    int topCount(std::size_t vocabulary) const
    {
        return std::min(m_request.top, static_cast<int>(vocabulary));
    }

    GreedyText continueGreedily(const PassResult &pass, const Intervention *edits)
    {
        const SamplingOptions sampling {.maxNewTokens = m_request.greedy};
        GreedyText greedy;
        greedy.ids = generate(m_session.transformer(), pass, edits, sampling, StopToken {});
        greedy.text = m_session.model().tokenizer->decode(greedy.ids);
        greedy.finish = finishName(greedy.ids, m_request.greedy, *m_session.model().tokenizer);
        return greedy;
    }

    Session &m_session;
    const RunRequest &m_request;
    TokenizedPrompt m_prompt;
    CaptureOptions m_capture;
};

std::map<std::string, std::string> exportMetadata(
    const RunReport &report, const std::string &modelPath, const std::optional<Intervention> &edits)
{
    std::vector<std::int32_t> ids;
    for (const TokenId id : report.prompt.ids)
        ids.push_back(id.value);
    std::map<std::string, std::string> metadata {
        {"producer", std::string("sinkscope-cli ") + kVersion},
        {"model", repairUtf8(std::filesystem::path(modelPath).filename().string())},
        {"ids", fmt::format("{}", fmt::join(ids, ","))},
    };
    if (edits)
        metadata["edits"] = interventionToJson(*edits);
    return metadata;
}

void runRun(const RunOptions &options, const CommandContext &context)
{
    const RunRequest request = readRequest(options);
    const std::string path = resolveModelPath(options.model.model, context.environment);
    // What can be refused is refused before the weights are loaded.
    const HeadGrid grid = headGridOf(path);
    std::optional<Intervention> edits;
    if (options.edits.given())
        edits = readEdits(options.edits, grid, context.err);
    if (edits && edits->empty()) // an empty list is no edit
        edits.reset();
    requireLayers(request.patterns, grid);
    if (options.exportPath)
        requireExportTarget(*options.exportPath, path);

    warnOfMemory(path, request.load, context.err);
    Session session(path, request.threads, request.load);
    Runner runner(session, request, options.allLogits ? LogitRows::All : LogitRows::Last);
    const RunReport report = runner.run(edits);
    if (report.prompt.initialTokenTwice)
        context.err << "sinkscope-cli: note: the prompt begins with the initial token twice, once written in "
                       "the text "
                       "and once added by the tokenizer.\n";
    if (options.exportPath) {
        std::map<std::string, std::string> metadata = exportMetadata(report, path, edits);
        metadata["verification"] = verificationLine(context.environment.stateFolder, path, request.backend);
        exportRunReport(*options.exportPath, report, metadata);
    }
    if (options.json)
        context.out << runReportJson(report) << '\n';
    else
        printRunReport(context.out, report);
}

constexpr const char *kRunFooter = R"(
Scales attention to the initial token (position 0): 1 changes nothing, 0 removes it. Edits of --edits come first,
then each --edit in its order. Of two edits with the same head, kind, keys and query rows the later counts; others
of one head act together. An --edit is the plain edit (probability, key 0, all query rows): L1H3=1 takes back the
plain edit of L1H3 from --edits, and leaves those of other kinds, keys or rows. An edit in JSON:
{"layer":15,"head":3,"gamma":0.3,"key":0,"kind":"probability","queries":"all"}; key: an index, "firstNonPad", or
"keys":[a,b]; kind: probability, logit, key, keyShared, gain, bias ("value" instead of gamma) or ablate; queries:
"all", "last", {"from":s} or [s,e]. Baselines: {"baseline":"uniform"|"otherToken"|"act"|"pasta"|"instaboost"|
"spotlight",...}; core/intervention/README.md has their fields. rowsWithoutTarget counts query rows that see no key
of an edit and stay as they are; it is left out when there are none.
--position N reads out what the model predicts after the token at N; --lens adds the logit lens there (of the last
position unless --position names another): final norm and output head applied to what enters each layer, and last to
what leaves the last one, which is the output. Layers before the last were not trained to be read so. In JSON both stand
in "position": "followed" are the ids of the prompt's next token, where there is one, and of the first token of each
answer; each row gives their p and rank. "answersChange" has the change of the answers' total mass and of the log-odds
of each against all others together, ln(p / sum of the others' p): of two answers that is the margin.
The export holds, with prefix "baseline." and, with edits, "edited.": logits_last [V], sink_mass_last,
sink_mass_mean, entropy_last, entropy_mean, entropy_without_sink_last [L,H], residual_last_token [L+1,hidden],
pattern.<layer> [H,T,T] for --patterns, and logits [T,V] with --all-logits; all F32, entropies in nats. Its metadata
name the model, tokens and edits, and whether `verify` passed for this file and backend on this machine.

Examples:
  sinkscope-cli run default --text "The cat sat on the" --top 5
  sinkscope-cli run default --text "The cat sat on the" --edit all=1.5 --edit L15H3=0.3 --answers " mat|| floor"
  sinkscope-cli run default --text "The cat sat on the" --edit all=1.5 --answers " mat|| floor" --lens --top 1
  sinkscope-cli run default --ids 504,2644,3688 --edits edits.json --greedy 16 --json
  sinkscope-cli run default --text-file prompt.txt --export heads.safetensors --patterns 0,7,20-29 --json)";

} // namespace

CommandAction addRunCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<RunOptions>();
    CLI::App *command = program.add_subcommand(
        "run", "attention of every head, the next token and answers, without and with edits");
    addModelArgument(*command, options->model, ModelArgument::Required);
    addPromptOptions(*command, options->prompt, values, IdsOption::Offered);
    addEditOptions(*command, options->edits, values);
    addValue(*command, "--answers", options->answers, values,
        {"\"a||b||c\"", "texts whose probability after the prompt is given; spaces are kept as typed"});
    addValue(*command, "--top", options->top, values, {"N", "list the N most likely next tokens (20)"});
    addValue(*command, "--greedy", options->greedy, values,
        {"N", "continue with the N most likely tokens in turn"});
    addValue(*command, "--position", options->position, values,
        {"N", "the output after the token at position N (0 is the first) too"});
    command->add_flag("--lens", options->lens, "the logit lens: what each layer would predict there");
    addValue(*command, "--export", options->exportPath, values, {"FILE", "write the arrays as .safetensors"});
    addValue(*command, "--patterns", options->patterns, values,
        {"0,7,20-29", "with --export: layers whose attention patterns are written"});
    command->add_flag("--all-logits", options->allLogits, "with --export: logits of every position");
    addComputeOptions(*command, options->model, values);
    addJsonFlag(*command, options->json);
    command->footer(kRunFooter);
    return [options](const CommandContext &context) { runRun(*options, context); };
}

} // namespace sinkscope
