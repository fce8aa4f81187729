#include "dbus/wire/properties.h"

static const char *
properties_check_type (const BusMembers *members, const char *interface, const char *name, const char *type)
{
  const char *known = bus_members_get_property (members, interface, name);

  return known != NULL && g_str_equal (known, type) ? NULL : "a property that is not in its interface";
}

/* Checks each value of an a{sv}: it must be a property of INTERFACE. */
static const char *
properties_check_values (const BusMembers *members, const char *interface, BusReader *reader)
{
  guint32 len;
  gsize end;

  if (!bus_reader_get_u32 (reader, &len) || !bus_reader_align (reader, 8))
    return reader->problem;
  end = reader->at + len;
  for (guint n = 0; reader->at < end; n++) {
    const char *name, *type, *problem;

    if (!bus_reader_align (reader, 8) || !bus_reader_get_string (reader, &name)
        || !bus_reader_get_signature (reader, &type) || !bus_body_skip (reader, type))
      return reader->problem;
    problem = properties_check_type (members, interface, name, type);
    if (problem != NULL)
      return problem;
    if (n == BUS_PROPERTIES_MAX)
      return "too many properties";
  }
  return NULL;
}

/* The invalidated properties: an as. */
static const char *
properties_check_names (const BusMembers *members, const char *interface, BusReader *reader)
{
  guint32 len;
  gsize end;

  if (!bus_reader_get_u32 (reader, &len))
    return reader->problem;
  end = reader->at + len;
  for (guint n = 0; reader->at < end; n++) {
    const char *name;

    if (!bus_reader_get_string (reader, &name))
      return reader->problem;
    if (bus_members_get_property (members, interface, name) == NULL)
      return "a property that is not in its interface";
    if (n == BUS_PROPERTIES_MAX)
      return "too many properties";
  }
  return NULL;
}

const char *
bus_properties_check_changed (const BusMembers *members, BusReader *reader)
{
  const char *interface, *problem;

  if (!bus_reader_get_string (reader, &interface))
    return reader->problem;
  problem = properties_check_values (members, interface, reader);
  return problem != NULL ? problem : properties_check_names (members, interface, reader);
}

const char *
bus_properties_check_all (const BusMembers *members, const char *interface, BusReader *reader)
{
  return properties_check_values (members, interface, reader);
}

const char *
bus_properties_check_one (const BusMembers *members, const char *interface, const char *name, BusReader *reader)
{
  const char *type;

  if (!bus_reader_get_signature (reader, &type))
    return reader->problem;
  return properties_check_type (members, interface, name, type);
}

/* The interfaces of one object, a{sa{sv}}. */
static const char *
properties_check_interfaces (const BusMembers *members, BusReader *reader)
{
  guint32 len;
  gsize end;

  if (!bus_reader_get_u32 (reader, &len) || !bus_reader_align (reader, 8))
    return reader->problem;
  end = reader->at + len;
  for (guint n = 0; reader->at < end; n++) {
    const char *interface, *problem;

    if (!bus_reader_align (reader, 8) || !bus_reader_get_string (reader, &interface))
      return reader->problem;
    problem = properties_check_values (members, interface, reader);
    if (problem != NULL)
      return problem;
    if (n == BUS_PROPERTIES_MAX)
      return "too many interfaces";
  }
  return NULL;
}

const char *
bus_properties_check_added (const BusMembers *members, BusReader *reader)
{
  const char *path;

  if (!bus_reader_get_string (reader, &path))
    return reader->problem;
  return properties_check_interfaces (members, reader);
}

const char *
bus_properties_check_objects (const BusMembers *members, BusReader *reader)
{
  guint32 len;
  gsize end;

  if (!bus_reader_get_u32 (reader, &len) || !bus_reader_align (reader, 8))
    return reader->problem;
  end = reader->at + len;
  while (reader->at < end) {
    const char *problem = bus_reader_align (reader, 8) ? bus_properties_check_added (members, reader) : reader->problem;

    if (problem != NULL)
      return problem;
  }
  return NULL;
}
