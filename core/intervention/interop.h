// SPDX-License-Identifier: Apache-2.0
// Interventions in the forms of other programs: PASTA's head_config, a Python dictionary, CSV.
#pragma once

#include "core/intervention/intervention.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// How a file writes edits.
enum class EditsForm { Json, HeadConfig, Python, Csv };

/// What the text looks like: CSV begins with a header that names `layer`; an object of lists, or a list of
/// layers, is a head_config; an object of objects maps layers to heads to factors; all else is JSON. A UTF-8
/// byte order mark at the beginning is passed over here and in all that reads these forms.
EditsForm editsFormOf(std::string_view text);

/// Heads of a head_config as PASTA reads it (`{"3":[17,7],"8":[28]}`, or a list of layers, all of whose heads
/// are meant), ascending. `sourceName` is named in errors. Throws Error.
std::vector<HeadRef> headsFromHeadConfig(
    std::string_view text, const std::string &sourceName, const HeadGrid &grid);
/// The same form for `heads`, one line, ending with a newline.
std::string headConfigOf(std::span<const HeadRef> heads);
/// The heads with an effective edit, factors and groups left out: all that a head_config can say. Throws
/// RequestError when an effective edit is not plain or there are baselines, whose heads depend on the model.
std::string interventionToHeadConfig(const Intervention &intervention);

/// Plain edits (probability, key 0, all rows) from `{15: {3: 0.3}}`: layers to heads to factors, keys bare or
/// in single or double quotes, commas before closing brackets allowed as Python has it. Throws Error.
Intervention interventionFromPython(std::string_view text, const std::string &sourceName);
/// The same form, a Python literal ending with a newline. Groups are left out. Throws RequestError when an
/// edit is not plain.
std::string interventionToPython(const Intervention &intervention);

/// Edits from CSV with the header `layer,head,kind,key,queries,gamma` (columns in any order; kind, key and
/// queries may be missing or empty and then mean the plain edit). key: index, `a:b` (half-open) or
/// firstNonPad; queries: all, last, `from:s` or `s:e`; gamma holds the value of a bias and is empty for
/// ablate. Throws Error naming the line.
Intervention interventionFromCsv(std::string_view text, const std::string &sourceName);
/// The same form. Groups are left out. Throws RequestError when there are baselines, which have no row.
std::string interventionToCsv(const Intervention &intervention);

/// A file in any of these forms. `headConfigGamma`: the factor of the heads of a head_config, which holds
/// none. Throws Error; RequestError when that factor is needed and absent, or given and not needed.
Intervention interventionFromAnyForm(std::string_view text, const std::string &sourceName,
    const HeadGrid &grid, std::optional<double> headConfigGamma);

} // namespace sinkscope
