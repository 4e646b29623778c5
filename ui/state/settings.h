// SPDX-License-Identifier: Apache-2.0
// What the window remembers from one start to the next.
#pragma once

#include "ui/state/edit_list.h"
#include "ui/state/preference_values.h"

#include <QtCore/QByteArray>
#include <QtCore/QSettings>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <memory>
#include <optional>

namespace sinkscope::ui {

/// The last session: what was asked and which head was looked at.
struct SavedSession {
    SessionValue session;
    HeadRef head;

    bool operator==(const SavedSession &) const = default;
};

/// Settings of the user. Owner: the composition root. Threads: GUI thread.
class Settings {
public:
    /// The user's own settings.
    Settings();
    /// Settings in the file `iniPath` (tests); with an empty path nothing is read or written.
    explicit Settings(const QString &iniPath);

    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray &geometry, const QByteArray &state);

    /// What came of verifications: TrustMemory.
    QByteArray trustRecords() const;
    void setTrustRecords(const QByteArray &json);

    QString perspective() const; ///< its name; empty: none was chosen
    void setPerspective(const QString &name);

    int promptHeight() const; ///< px, as it was dragged; 0: never
    void setPromptHeight(int px);

    /// What was saved; automatic where nothing was or what was saved cannot be read.
    PreferenceValues preferences() const;
    void setPreferences(const PreferenceValues &values);

    /// The file of the user's presets, beside that of the settings; empty without one.
    QString presetsPath() const;

    QStringList curves() const; ///< names of the curves under the slider; empty before any was chosen
    void setCurves(const QStringList &names);

    QByteArray generation() const; ///< how text is generated: generationFromJson
    void setGeneration(const QByteArray &json);

    QString lastModel() const;
    QStringList recentModels() const; ///< newest first, at most kMostRecent
    void addModel(const QString &path);

    /// The session file that was open last; empty where the work had no name.
    QString sessionFile() const;
    void setSessionFile(const QString &path);
    QStringList recentSessions() const; ///< newest first, at most kMostRecent
    void addSession(const QString &path);

    /// Nothing when none was saved or what was saved cannot be read.
    std::optional<SavedSession> session() const;
    void setSession(const SavedSession &session);

    static constexpr int kMostRecent = 8;

private:
    QVariant value(const char *key) const;
    void setValue(const char *key, const QVariant &value);
    void addRecent(const char *key, const QString &path);

    std::unique_ptr<QSettings> m_store;
};

/// The session as JSON text, and back; nothing when `json` is not of that form.
QByteArray sessionToJson(const SavedSession &session);
std::optional<SavedSession> sessionFromJson(const QByteArray &json);

} // namespace sinkscope::ui
