#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No function in a header takes over five parameters or a bool by value (house rule 7). Usage: parameters.py ROOT

Reads declarations, not C++: names of functions with a parenthesis, up to the closing one. Functions that Qt or
another library calls keep the form it gives them, and are marked override.
"""
import re
import sys

from source_tree import cpp_files, lines_of, report

MOST = 5
DECLARATION = re.compile(r"(?<![\w.>:])(?:[\w:<>,&*\s\[\]]+?[\s&*])?(~?\w+)\(((?:[^;{}()]|\([^;{}()]*\))*?)\)\s*(const)?\s*(noexcept)?\s*(override)?\s*(?:=\s*\w+)?\s*[;{:]",
                         re.S)
NOT_FUNCTIONS = {"if", "for", "while", "switch", "return", "sizeof", "assert", "Q_PROPERTY", "Q_DECLARE_METATYPE"}


def split_parameters(text):
    """The parameters between two parentheses; commas inside brackets do not part them."""
    depth, parts, part = 0, [], ""
    for letter in text:
        depth += {"<": 1, "(": 1, "{": 1, "[": 1, ">": -1, ")": -1, "}": -1, "]": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    return parts + ([part.strip()] if part.strip() else [])


def findings_of(path, text):
    found = []
    text = re.sub(r"//[^\n]*", "", text)
    for match in DECLARATION.finditer(text):
        name, inside, is_override = match.group(1), match.group(2), match.group(5)
        if name in NOT_FUNCTIONS or is_override:
            continue
        line = text.count("\n", 0, match.start(1)) + 1
        parameters = split_parameters(inside)
        if len(parameters) > MOST:
            found.append(f"{path}:{line}: {name} takes {len(parameters)} parameters, at most {MOST}: use a struct")
        if any(re.fullmatch(r"bool(\s+\w+(\s*=\s*\w+)?)?", parameter) for parameter in parameters):
            found.append(f"{path}:{line}: {name} takes a bool: use an enum")
    return found


root = sys.argv[1]
headers = [path for path in cpp_files(root) if path.endswith(".h") and not path.startswith("tests/")]
findings = []
for header in headers:
    findings += findings_of(header, "\n".join(lines_of(root, header)))
report(findings, f"{len(headers)} headers")
