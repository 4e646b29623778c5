// SPDX-License-Identifier: Apache-2.0
// Options that several commands share: the model, the prompt, the edits.
#pragma once

#include "app/cli_arguments.h"
#include "core/analysis/prompt.h"
#include "core/intervention/intervention.h"
#include "core/model/model_weights.h"
#include "core/tensor/gemm.h"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace sinkscope {

/// The model and how it is computed.
struct ModelOptions {
    std::string model; ///< a path, or "default"
    std::optional<std::string> threads;
    std::optional<std::string> backend;
    std::optional<std::string> memory; ///< for prepared weights
};

/// Whether a command reads token ids as a prompt too (tokenize does not).
enum class IdsOption { Offered, Absent };

/// Exactly one of text, textFile and ids is given.
struct PromptOptions {
    std::optional<std::string> text;
    std::optional<std::string> textFile;
    std::optional<std::string> ids;
    std::optional<std::string> system;
    bool chat = false;
    IdsOption idsOption = IdsOption::Offered; ///< refusals name what the command has
};

/// The file is read first, then the specs in their order. A spec is the plain edit of its heads (probability,
/// key 0, all rows): it replaces an earlier plain edit of them and acts together with their other edits.
struct EditOptions {
    std::optional<std::string> file;
    std::optional<std::string> headConfigGamma; ///< the factor of a head_config, which has none
    std::vector<std::string> specs;

    bool given() const { return file.has_value() || headConfigGamma.has_value() || !specs.empty(); }
};

/// Whether MODEL may be left out and then means "default".
enum class ModelArgument { Required, DefaultsToDefault };

/// How a value is written, e.g. "N", and what it does.
struct ValueHelp {
    const char *form;
    const char *text;
};

/// Adds `--name VALUE`; `target` receives the value verbatim. `values` must outlive the parse.
void addValue(CLI::App &command, const std::string &name, std::optional<std::string> &target,
    const ArgumentValues &values, ValueHelp help);
void addModelArgument(CLI::App &command, ModelOptions &options, ModelArgument argument);
/// --threads, --backend and --memory.
void addComputeOptions(CLI::App &command, ModelOptions &options, const ArgumentValues &values);
void addPromptOptions(
    CLI::App &command, PromptOptions &options, const ArgumentValues &values, IdsOption idsOption);
void addEditOptions(CLI::App &command, EditOptions &options, const ArgumentValues &values);
void addJsonFlag(CLI::App &command, bool &json);

/// What to read: checks that the options agree with each other (UsageError) and reads the file (Error).
PromptSpec readPromptSpec(const PromptOptions &options);
/// The edits for a model of this shape. Throws UsageError for a spec that cannot be read, Error for a file
/// that cannot, RequestError for a layer or head that does not exist.
/// Notes of edits that are experiments, and of heads that move with others, go to `notes`.
Intervention readEdits(const EditOptions &options, const HeadGrid &grid, std::ostream &notes);
/// 0 when not given: one thread a processor.
int threadCount(const ModelOptions &options);
/// The backend asked for, or the best that this processor runs. Throws UsageError for an unknown name, Error
/// for one that computes wrongly here.
GemmBackend chosenBackend(const ModelOptions &options);

/// The limits of a load by `backend`, within --memory. Throws UsageError where that is no amount.
LoadOptions loadOptions(const ModelOptions &options, GemmBackend backend);
void addMemoryOption(CLI::App &command, ModelOptions &options, const ArgumentValues &values);

/// "amx", "packed" ... in the same order.
std::vector<std::string> backendNames(const std::vector<GemmBackend> &backends);

} // namespace sinkscope
