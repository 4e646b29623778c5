// SPDX-License-Identifier: Apache-2.0
// `edits`: reads edits in any form, holds them against a model and writes them in another form.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "core/intervention/interop.h"
#include "core/intervention/intervention_json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <ostream>

namespace sinkscope {

namespace {

/// The command line as typed.
struct EditsOptions {
    ModelOptions model;
    EditOptions edits;
    std::optional<std::string> form;
};

std::string written(const Intervention &edits, const std::string &form)
{
    if (form == "json")
        return interventionToJson(edits);
    if (form == "csv")
        return interventionToCsv(edits);
    if (form == "python")
        return interventionToPython(edits);
    if (form == "head-config")
        return interventionToHeadConfig(edits);
    throw UsageError({.what = "--to names no form of edits",
        .given = fmt::format("\"{}\"", form),
        .expected = "json, csv, python or head-config"});
}

/// Groups change no result, but they are content: says which ones `form` leaves out.
void noteGroups(const Intervention &edits, const std::string &form, std::ostream &notes)
{
    if (form == "json" || edits.groups().empty())
        return;
    std::vector<std::string> names;
    for (const auto &[name, heads] : edits.groups())
        names.push_back(name);
    notes << fmt::format(
        "sinkscope-cli: note: the form {} has no groups; left out: {}. --to json keeps them.\n", form,
        fmt::join(names, ", "));
}

void runEdits(const EditsOptions &options, const CommandContext &context)
{
    if (!options.edits.given())
        throw UsageError({.what = "there are no edits", .expected = "--edits FILE or --edit SPEC"});
    const std::string form = options.form.value_or("json");
    written({}, form); // an unknown form is refused before any file is read
    const HeadGrid grid = headGridOf(resolveModelPath(options.model.model, context.environment));
    const Intervention edits = readEdits(options.edits, grid, context.err);
    context.out << written(edits, form);
    noteGroups(edits, form, context.err);
}

constexpr const char *kEditsFooter = R"(
Forms: json (everything), csv (layer,head,kind,key,queries,gamma; no baselines and groups), python
({layer: {head: gamma}}; plain edits only), head-config (PASTA's {"layer":[heads]}; the heads of plain edits, without
their factors). Plain: kind probability, key 0, all queries. Other edits are refused, groups left out with a note.
Only the head of the model file is read.

Examples:
  sinkscope-cli edits default --edits edits.csv
  sinkscope-cli edits default --edit L10-19H0,4=0.5 --to csv
  sinkscope-cli edits default --edits head_config.json --edits-gamma 0.6 --to python)";

} // namespace

CommandAction addEditsCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<EditsOptions>();
    CLI::App *command = program.add_subcommand("edits", "edits checked against a model, in another form");
    addModelArgument(*command, options->model, ModelArgument::Required);
    addEditOptions(*command, options->edits, values);
    addValue(*command, "--to", options->form, values, {"FORM", "json, csv, python or head-config (json)"});
    command->footer(kEditsFooter);
    return [options](const CommandContext &context) { runEdits(*options, context); };
}

} // namespace sinkscope
