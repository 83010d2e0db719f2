"""AWS's Query and EC2 protocols, driven by botocore's own service models.

Requests become dicts and dicts become XML by the same descriptions from which
the clients are made, so a member that AWS does not have cannot be sent.
"""

import functools
import uuid
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape

Form = dict[str, str]
# The version that a request names tells the service that it is for.
SERVICES = {
    "2015-12-01": "elbv2",
    "2016-11-15": "ec2",
    "2011-06-15": "sts",
}


class ApiError(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@functools.cache
def service(name: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(name)


def operation(form: Form) -> tuple[str, OperationModel]:
    """The service and the operation that a request asks for."""
    name = SERVICES.get(form.get("Version", ""))
    action = form.get("Action", "")
    if name is None or action not in service(name).operation_names:
        raise ApiError("InvalidAction", f"The action {action} is not valid")
    return name, service(name).operation_model(action)


# -- Requests --------------------------------------------------------------


def arguments(form: Form, model: OperationModel) -> dict[str, Any]:
    """The request's parameters by their names in the model."""
    shape = model.input_shape
    if shape is None:
        return {}
    is_ec2 = model.service_model.metadata["protocol"] == "ec2"
    found = _structure(form, "", shape, is_ec2)
    for name in shape.required_members:
        if name not in found:
            raise ApiError(
                "MissingParameter", f"The request lacks the parameter {name}"
            )
    return found


def _structure(
    form: Form, prefix: str, shape: Shape, is_ec2: bool
) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        if is_ec2:
            key = member.serialization.get(
                "queryName", key[0].upper() + key[1:]
            )
        value = _value(form, prefix + key, member, is_ec2)
        if value is not None:
            found[name] = value
    return found


def _value(form: Form, key: str, shape: Shape, is_ec2: bool) -> Any:
    if shape.type_name == "list":
        if not is_ec2 and not shape.serialization.get("flattened"):
            key += "." + shape.member.serialization.get("name", "member")
        items, number = [], 1
        while True:
            item = _value(form, f"{key}.{number}", shape.member, is_ec2)
            if item is None:
                return items or None
            items.append(item)
            number += 1
    if shape.type_name == "structure":
        if not any(name.startswith(key + ".") for name in form):
            return None
        return _structure(form, key + ".", shape, is_ec2)
    text = form.get(key)
    if text is None:
        return None
    if shape.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError:
            raise ApiError("ValidationError", f"{key} is a number") from None
    return text == "true" if shape.type_name == "boolean" else text


# -- Answers ---------------------------------------------------------------


def answer(result: dict[str, Any], model: OperationModel) -> bytes:
    metadata = model.service_model.metadata
    root = Element(f"{model.name}Response", xmlns=metadata["xmlNamespace"])
    request_id = str(uuid.uuid4())
    if metadata["protocol"] == "ec2":
        SubElement(root, "requestId").text = request_id
        inner = root
    else:
        wrapper = f"{model.name}Result"
        if model.output_shape:
            wrapper = model.output_shape.serialization.get(
                "resultWrapper", wrapper
            )
        inner = SubElement(root, wrapper)
        about = SubElement(root, "ResponseMetadata")
        SubElement(about, "RequestId").text = request_id
    if model.output_shape:
        _add_members(inner, result, model.output_shape)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)


def _add_members(parent: Element, values: dict, shape: Shape) -> None:
    unknown = values.keys() - shape.members.keys()
    assert not unknown, f"{shape.name} has no {unknown}"
    for name, value in values.items():
        member = shape.members[name]
        if value is not None:
            tag = member.serialization.get("name", name)
            _add(SubElement(parent, tag), value, member)


def _add(element: Element, value: Any, shape: Shape) -> None:
    if shape.type_name == "list":
        tag = shape.member.serialization.get("name", "member")
        for item in value:
            _add(SubElement(element, tag), item, shape.member)
    elif shape.type_name == "structure":
        _add_members(element, value, shape)
    elif shape.type_name == "boolean":
        element.text = "true" if value else "false"
    elif shape.type_name == "timestamp":
        element.text = datetime.fromtimestamp(value, UTC).strftime(
            "%Y-%m-%dT%H:%M:%S.000Z"
        )
    else:
        element.text = str(value)


def refusal(error: ApiError, form: Form) -> bytes:
    """An error in the form of the service that the request was for."""
    request_id = str(uuid.uuid4())
    if SERVICES.get(form.get("Version", "")) == "ec2":
        root = Element("Response")
        inner = SubElement(SubElement(root, "Errors"), "Error")
        SubElement(root, "RequestID").text = request_id
    else:
        root = Element("ErrorResponse")
        inner = SubElement(root, "Error")
        SubElement(inner, "Type").text = "Sender"
        SubElement(root, "RequestId").text = request_id
    SubElement(inner, "Code").text = error.code
    SubElement(inner, "Message").text = error.message
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)
