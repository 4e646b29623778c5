// SPDX-License-Identifier: Apache-2.0
// The preferences in a box: every choice holds at once, what cannot hold is refused with a sentence.
#pragma once

#include "ui/dialogs/file_prompts.h"
#include "ui/state/preferences.h"
#include "ui/theme/theme.h"

#include <QtWidgets/QDialog>

#include <functional>
#include <vector>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace sinkscope::ui {

/// What the box is opened with.
struct PreferencesContext {
    Preferences &preferences;
    FilePrompts &prompts;
    std::function<std::optional<std::uint64_t>()> availableMemory; ///< bytes that are free now, where known
};

/// Owner: its parent; deletes itself when closed. Threads: GUI thread; it never waits.
/// Validity: what the context names must outlive it.
class PreferencesDialog : public QDialog {
    Q_OBJECT

public:
    PreferencesDialog(PreferencesContext context, const Theme &theme, QWidget *parent);

    ~PreferencesDialog() override;

    void setTheme(const Theme &theme);

private:
    struct Row {
        QWidget *control = nullptr;
        QLabel *remark = nullptr; ///< beside the control
        QLabel *refusal = nullptr; ///< below it, while something was refused
    };
    struct RowTexts {
        const char *objectName;
        QString label;
        QString toolTip;
    };
    using AmountMember = std::optional<std::uint64_t> PreferenceValues::*;
    struct Amount {
        Row row;
        AmountMember member;
    };

    void addSection(const QString &title);
    Row addRow(const RowTexts &texts, QWidget *control);
    Row addAmount(const RowTexts &texts, AmountMember member);
    QComboBox *makeChoice(
        const QStringList &choices, const std::function<void(PreferenceValues &, int)> &take);
    void addLook();
    void addComputing();
    void addMemory();
    void addModels();
    QWidget *makeButtons();
    void change(const std::function<void(PreferenceValues &)> &edit);
    void refuse(const Row &row, const QString &sentence);
    void takeThreads();
    void takeAmount(const Amount &amount);
    void takeFolder();
    void refresh();
    void refreshThreads();
    void refreshMemory();
    void refreshPrecision();
    static void showText(const Row &row, const QString &text);

    PreferencesContext m_context;
    QGridLayout *m_grid;
    std::vector<QLabel *> m_titles;
    std::vector<Row> m_rows;
    Row m_theme;
    Row m_colours;
    Row m_unit;
    Row m_threads;
    Row m_precision;
    std::vector<Amount> m_amounts; // captured attention, earlier answers, pictures
    Row m_folder;
};

/// Opens the preferences over `window`, or brings the open ones to the front.
void showPreferences(const PreferencesContext &context, const Theme &theme, QWidget *window);
/// Hands a new theme to the preferences that are open over `window`, if they are.
void setPreferencesTheme(const Theme &theme, const QWidget *window);

} // namespace sinkscope::ui
