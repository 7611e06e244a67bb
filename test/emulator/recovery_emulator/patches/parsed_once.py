"""Definitions of state machines, and the paths and functions in them, are parsed once; moto does it at every evaluation."""

import functools
import threading
from collections.abc import Callable
from typing import Any

import jsonpath_ng.ext
from antlr4 import CommonTokenStream, InputStream
from jsonpath_ng.ext.parser import ExtendedJsonPathParser
from jsonpath_ng.parser import JsonPathParser
from moto.stepfunctions.parser.asl.antlr.runtime.ASLLexer import ASLLexer
from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
    ASLParserException,
    SyntaxErrorListener,
)
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils import json_path

_KEPT = 4096


def _paths(parser_class: Any) -> Callable[[str], Any]:
    """What parses paths with one parser, whose tables are slow to make."""
    parser = functools.cache(parser_class)
    lock = threading.Lock()

    @functools.lru_cache(_KEPT)
    def parse(path: str) -> Any:
        with lock:
            return parser().parse(path)

    return parse


jsonpath_ng.ext.parse = json_path.parse = _paths(ExtendedJsonPathParser)
result_path.parse = _paths(JsonPathParser)


@functools.lru_cache(_KEPT)
def _tree(definition: str) -> Any:
    listener = SyntaxErrorListener()
    parser = ASLParser(CommonTokenStream(ASLLexer(InputStream(definition))))
    parser.removeErrorListeners()
    parser.addErrorListener(listener)
    tree = parser.state_machine()
    if listener.errors:
        raise ASLParserException(errors=listener.errors)
    return tree


def _parse(definition: str) -> tuple[Any, Any]:
    """The components are made anew for each execution, which changes them; the tree is only read."""
    tree = _tree(definition)
    return Preprocessor().visit(tree), tree


AmazonStateLanguageParser.parse = staticmethod(_parse)  # type: ignore[method-assign]
