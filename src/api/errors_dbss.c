/* SPDX-License-Identifier: Apache-2.0
 * DBSS error codes: appendix 4.2 in its order, and the statuses of 4.1.
 */
#include "api/errors.h"

const struct hw_error_row hw_errors_dbss[] = {
    { "DBSS.10000001", 400, HW_BAD_ARGUMENT, "the request message is malformed", "Check the parameters." },
    { "DBSS.10020101", 400, HW_BAD_ARGUMENT, "the list of flavors could not be obtained", "Check the parameters." },
    { "DBSS.10020102", 400, HW_BAD_ARGUMENT, "the operation on the database failed", "Check the parameters." },
    { "DBSS.10020118", 400, HW_QUOTA, "no database can be added: the limit is reached",
      "Delete databases that are not needed, or buy another instance." },
    { "DBSS.10020140", 400, HW_BAD_ARGUMENT, "the order ID is not valid", "Check the order ID." },
    { "DBSS.100210016", 400, HW_QUOTA, "the quota is not sufficient", "Contact technical support." },
    { "DBSS.10020100", 401, HW_DENIED, "the token in the request was not accepted",
      "Check the token, or log in again." },
    { "DBSS.10021004", 404, HW_NOT_FOUND, "the ECS server cannot find the page asked for",
      "Check the path and the ECS configuration." },
    { "DBSS.11000000", 500, HW_SERVER, "an internal error", "Contact technical support." },

    { "", 400, HW_BAD_ARGUMENT, "the server cannot process the request", "Check the parameters." },
    { "", 401, HW_DENIED, "credentials are required", "Check AK and SK, or get a new token." },
    { "", 403, HW_DENIED, "access is denied", "Check the permissions of the user." },
    { "", 404, HW_NOT_FOUND, "the page is not found", "Check the IDs in the request." },
    { "", 405, HW_BAD_ARGUMENT, "the method is not allowed here", "Check the method and the path." },
    { "", 406, HW_BAD_ARGUMENT, "the answer would not be acceptable to the client", "Check the Accept header." },
    { "", 407, HW_DENIED, "a proxy asks for credentials", "Log in to the proxy." },
    { "", 408, HW_SERVER, "the request timed out", "Try again; where it was a change, find out first whether it took effect." },
    { "", 409, HW_BAD_STATE, "a conflict prevents the request", "Read the resource's status before trying again." },
    { "", 500, HW_SERVER, "a server error", "Try again later." },
    { "", 501, HW_SERVER, "the server does not support the function", "Check that the region offers it." },
    { "", 502, HW_SERVER, "the server got an invalid answer from another", "Try again later." },
    { "", 503, HW_SERVER, "the system is unavailable", "Try again later." },
    { "", 504, HW_SERVER, "a gateway timed out", "Try again; where it was a change, find out first whether it took effect." },
    { 0 }
};
