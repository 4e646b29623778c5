// SPDX-License-Identifier: Apache-2.0
// Edits kept under names by the user, for every session and model.
#pragma once

#include "ui/state/edit_list.h"

#include <QtCore/QString>

#include <vector>

namespace sinkscope::ui {

/// Edits with a name. A value.
struct Preset {
    QString name;
    EditList edits; ///< without groups

    bool operator==(const Preset &) const = default;
};

/// The presets of a file, ordered by name. It is read at each call, so that two windows share it, and written
/// whole. Owner: Workbench. Threads: GUI thread.
class PresetFile {
public:
    /// With an empty path presets last as long as this object.
    explicit PresetFile(QString path)
        : m_path(std::move(path))
    {
    }

    /// None where there is no file yet. Throws Error for one that cannot be read.
    std::vector<Preset> all() const;
    /// Adds a preset, or replaces the one of that name. Throws Error; the file is then as it was.
    void save(const QString &name, const EditList &edits);
    void remove(const QString &name); ///< Throws Error.

private:
    void write(const std::vector<Preset> &presets);

    QString m_path;
    std::vector<Preset> m_kept; // without a file
};

/// The presets' form as text, and back. Throws Error naming `sourceName`.
QByteArray presetsToJson(const std::vector<Preset> &presets);
std::vector<Preset> presetsFromJson(const QByteArray &json, const QString &sourceName);

/// All heads at one factor.
EditList allHeadsAt(double gamma, const HeadGrid &grid);

} // namespace sinkscope::ui
